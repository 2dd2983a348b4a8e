/** A long table: only the rows in view exist, so that ten thousand cost as much as fifty. */

export type Cell = string | [text: string, href: string] | null;

/** Every cell that occurs, once, and rows as places in that list. */
export interface Packed {
  cells: Cell[];
  rows: number[][];
}

const ROW_HEIGHT_PX = 34;
const SPARE_ROWS = 12;
const SAMPLE = 200;
const [LEAST, MOST] = [6, 42]; // characters that a column shows

/** Replaces the rows of a table by a window onto all of them; the region around it scrolls. */
export function scrollThrough(region: HTMLElement, packed: Packed): void {
  const { rows } = packed;
  const cellsOf = (row: readonly number[]): Cell[] => row.map((place) => packed.cells[place] ?? null);
  const table = region.querySelector("table");
  const body = table?.tBodies[0];
  if (!table || !body) return;
  const columns = table.tHead?.rows[0]?.cells.length ?? 0;
  region.classList.add("long");
  table.setAttribute("aria-rowcount", String(rows.length + 1));
  table.tHead?.rows[0]?.setAttribute("aria-rowindex", "1");
  table.tHead?.before(widths(table, rows.slice(0, SAMPLE).map(cellsOf), columns)); // a caption stays first
  let first = -1;

  const draw = (): void => {
    const top = Math.max(0, Math.floor(region.scrollTop / ROW_HEIGHT_PX) - SPARE_ROWS);
    if (top === first) return;
    first = top;
    const end = Math.min(rows.length, top + Math.ceil(region.clientHeight / ROW_HEIGHT_PX) + 2 * SPARE_ROWS);
    const drawn = rows.slice(top, end).map((row, place) => drawnRow(cellsOf(row), top + place + 2));
    body.replaceChildren(spacer(top, columns), ...drawn, spacer(rows.length - end, columns));
  };
  region.addEventListener("scroll", draw, { passive: true });
  window.addEventListener("resize", () => {
    first = -1;
    draw();
  });
  draw();
}

/** Columns as wide as their first rows ask for, so that they keep their width while rows come and go. */
function widths(table: HTMLTableElement, rows: readonly Cell[][], columns: number): HTMLElement {
  const group = document.createElement("colgroup");
  let all = 0;
  for (let column = 0; column < columns; column += 1) {
    const longest = rows.reduce((most, row) => Math.max(most, textOf(row[column] ?? null).length), table.tHead?.rows[0]?.cells[column]?.textContent?.length ?? 0);
    const col = document.createElement("col");
    const width = Math.min(MOST, Math.max(LEAST, longest)) + 3;
    col.style.width = `${width}ch`;
    group.append(col);
    all += width;
  }
  table.style.width = `max(100%, ${all}ch)`;
  return group;
}

function textOf(cell: Cell): string {
  return cell === null ? "–" : typeof cell === "string" ? cell : cell[0];
}

function drawnRow(cells: readonly Cell[], index: number): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.setAttribute("aria-rowindex", String(index));
  for (const cell of cells) {
    const made = row.insertCell();
    const text = textOf(cell);
    if (text.length > MOST) made.title = text;
    if (Array.isArray(cell)) {
      const link = document.createElement("a");
      link.href = cell[1];
      link.textContent = text;
      made.append(link);
    } else {
      made.textContent = text;
    }
  }
  return row;
}

/** Stands for rows that are not in view. */
function spacer(rows: number, columns: number): HTMLTableRowElement {
  const row = document.createElement("tr");
  row.className = "spacer";
  row.setAttribute("aria-hidden", "true");
  const cell = row.insertCell();
  cell.colSpan = Math.max(1, columns);
  cell.style.height = `${rows * ROW_HEIGHT_PX}px`;
  return row;
}
