/** What the panel tells of a thing, a connection, and a "+n more". */

import { get, type FactCard, type PredicateCount } from "../api";
import { addFrom, expand } from "./adding";
import { plural, told, type Desk } from "./desk";
import { CERTAINTIES } from "./facets";
import type { GraphEdge, GraphNode, GraphRest, RestItem } from "./model";
import { button, link, listed, make, statedBy } from "./panel";
import { findPaths, startPaths } from "./pathfinding";
import { hide, pin } from "./steps";

const SHOWN_FACTS = 5;
const EXPAND = "Expand; numbers are how many things that adds:";

/** A thing: what it connects to with counts, before anything is added. While paths wait for their other end, it is that. */
export async function openNode(desk: Desk, node: GraphNode, byKey: boolean): Promise<void> {
  if (desk.from && desk.from !== node) return findPaths(desk, desk.from, node.id, byKey);
  const waiting = make("p", "Counting connections…");
  const page = link("Open its page", `/entity/${encodeURIComponent(node.id)}`);
  const { isReady } = desk;
  const show = (): void => desk.show(node.id, [make("h2", node.label), page, waiting, tools(desk, node)], false, isReady);
  // On a page that is just opened the server's words stay until there are better ones: nothing jumps.
  if (isReady) show();
  else desk.mark(node.id);
  const mine = isReady ? waiting : desk.page.panel.firstElementChild; // gone once the panel tells of something else
  try {
    const imports: Record<string, string> = desk.model.imports ? { include_imports: "true" } : {};
    const { counts } = await get<{ counts: PredicateCount[] }>(`/entities/${encodeURIComponent(node.id)}/neighbors`, { limit: "1", certainty: CERTAINTIES, ...imports });
    if (!mine?.isConnected) return;
    if (!waiting.isConnected) show();
    const head = counts.length > 0 ? make("p", EXPAND, "meta") : make("p", "No source links it to anything.");
    const ways = counts.map((item) => way(desk, node, item));
    desk.retell = () => ways.forEach(({ retell }) => retell());
    waiting.replaceWith(head, listed(ways, ({ made }) => made, "expand"));
  } catch (error) {
    if (!mine?.isConnected) return;
    if (!waiting.isConnected) show();
    waiting.textContent = told(error);
  }
  if (byKey) desk.focusIn(".expand button", "a");
}

/** One way to expand: how many things it would add, as far as they are not shown. */
function way(desk: Desk, node: GraphNode, item: PredicateCount): { made: HTMLButtonElement; retell: () => void } {
  const out = item.direction === "out";
  const label = desk.page.labels.predicates[item.predicate]?.[out ? 0 : 1] ?? item.predicate;
  const { predicate, direction } = item;
  const made = button(`${out ? "→" : "←"} ${label}`, () => void expand(desk, node, { predicate, direction }, label), item.nodes);
  const retell = (): void => {
    const left = Math.max(0, item.nodes - desk.model.neighbors(node.id, predicate, direction));
    made.classList.toggle("done", left === 0);
    const number = made.querySelector(".number");
    if (number) number.textContent = left === item.nodes ? String(left) : left > 0 ? `${left} more` : "shown";
  };
  retell();
  return { made, retell };
}

function tools(desk: Desk, node: GraphNode): HTMLElement {
  const row = make("p", "", "actions");
  row.append(
    button("Paths from here", () => startPaths(desk, node)),
    button(node.pinned ? "Free" : "Pin here", () => pin(desk, node)),
    button("Hide", () => hide(desk, node)),
    ...backToPaths(desk),
  );
  return row;
}

function backToPaths(desk: Desk): HTMLButtonElement[] {
  return desk.model.paths ? [button("Back to the paths", () => desk.panels.paths(desk, true))] : [];
}

/** A connection, and who states it. */
export async function openEdge(desk: Desk, edge: GraphEdge, byKey: boolean): Promise<void> {
  const sources = make("div");
  sources.append(make("p", "Looking up who states it…"));
  const certainty = edge.certainty === "stated" ? [] : [make("p", `${edge.certainty} by the source`, "meta")];
  desk.show(edge.id, [make("h2", edge.sentence), ...certainty, sources, ...backToPaths(desk)], false);
  try {
    const facts = await Promise.all(edge.statements.slice(0, SHOWN_FACTS).map((id) => get<FactCard>(`/statements/${encodeURIComponent(id)}`)));
    if (!sources.isConnected) return;
    sources.replaceChildren(listed(facts, statedBy, "plain"));
    if (edge.statements.length > SHOWN_FACTS) sources.append(make("p", `and ${edge.statements.length - SHOWN_FACTS} more`, "meta"));
  } catch (error) {
    sources.replaceChildren(make("p", told(error)));
  }
  if (byKey) desk.focusIn("a");
}

/** What an expansion left out: all, or those that are ticked, can be added. */
export function openRest(desk: Desk, rest: GraphRest, byKey: boolean): void {
  const items = desk.model.waiting(rest);
  const left = desk.model.left(rest);
  const ticked = new Set<string>();
  const some = button("Add the ticked", () => void addFrom(desk, rest, [...ticked]));
  const follow = (): void => {
    some.disabled = ticked.size === 0;
    some.textContent = ticked.size > 0 ? `Add ${ticked.size} ticked` : "Add the ticked";
  };
  follow();
  const row = make("p", "", "actions");
  row.append(button(`Add all ${items.length}`, () => void addFrom(desk, rest, items.map((item) => item.id))), some, button("Hide", () => hide(desk, rest)));
  const choices = listed(items, (item) => choice(desk, item, ticked, follow), "plain");
  const cut = items.length < left ? [make("p", `Of these the list holds ${items.length}.`, "meta")] : [];
  const name = desk.model.nodes.get(rest.node)?.label ?? "";
  desk.show(rest.id, [make("h2", `${plural(left, "more thing")}: ${name} ${rest.label}…`), make("p", "The best evidenced come first.", "meta"), ...cut, row, choices], false);
  if (byKey) desk.focusIn("button");
}

function choice(desk: Desk, item: RestItem, ticked: Set<string>, follow: () => void): HTMLElement {
  const row = make("label", "", "tick");
  const box = make("input");
  box.type = "checkbox";
  box.addEventListener("change", () => {
    if (box.checked) ticked.add(item.id);
    else ticked.delete(item.id);
    follow();
  });
  const how = [desk.words.type(item.type), ...(item.certainty === "stated" ? [] : [item.certainty]), ...(item.statements > 1 ? [`stated ${item.statements} times`] : [])];
  const text = make("span", `${item.label} `);
  text.append(make("span", how.join(", "), "meta"));
  row.append(box, text);
  return row;
}
