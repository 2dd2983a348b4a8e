/** Pages of long tables: their heads sort them. The order is kept with the place in the history, so that going back finds it again. */

interface Order {
  column: number;
  isDescending: boolean;
}

const NOTHING = "–";

/** A cell as one compares it: a number where it begins with one. */
function key(row: HTMLTableRowElement, column: number): string | number {
  const text = row.cells[column]?.textContent?.trim() ?? "";
  const number = /^[−-]?\d[\d,]*(\.\d+)?/.exec(text)?.[0].replaceAll(",", "").replace("−", "-");
  return number === undefined ? text : Number(number);
}

/** Numbers before words, and what is not told last, whichever way the rest runs. */
function compare(a: string | number, b: string | number, isDescending: boolean): number {
  const [rankOfA, rankOfB] = [a, b].map((each) => (typeof each === "number" ? 0 : each === NOTHING || each === "" ? 2 : 1)) as [number, number];
  if (rankOfA !== rankOfB) return rankOfA - rankOfB;
  const difference = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
  return isDescending ? -difference : difference;
}

function sort(table: HTMLTableElement, heads: readonly HTMLTableCellElement[], order: Order): void {
  const body = table.tBodies[0];
  if (!body) return;
  const rows = [...body.rows].map((row) => ({ row, key: key(row, order.column) }));
  rows.sort((a, b) => compare(a.key, b.key, order.isDescending));
  body.append(...rows.map(({ row }) => row));
  heads.forEach((head, column) => {
    if (column === order.column) head.setAttribute("aria-sort", order.isDescending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
}

/** Turns the heads of a table into buttons; ``number``: which of the page it is. */
function offerSorting(table: HTMLTableElement, number: number): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.title = "Sort by this";
    button.addEventListener("click", () => {
      const order = { column, isDescending: head.getAttribute("aria-sort") === "ascending" };
      sort(table, heads, order);
      const state = (window.history.state ?? {}) as { sorted?: Record<number, Order> };
      window.history.replaceState({ ...state, sorted: { ...state.sorted, [number]: order } }, "");
    });
    head.append(button);
  });
  const kept = (window.history.state as { sorted?: Record<number, Order> } | null)?.sorted?.[number];
  if (kept && kept.column < heads.length) sort(table, heads, kept);
}

document.querySelectorAll<HTMLTableElement>("table[data-sort]").forEach(offerSorting);
