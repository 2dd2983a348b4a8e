/** The list twin of the picture: every thing with what it is linked to, from which the panel opens as from the picture. */

import { filteredOut, type Words } from "./facets";
import type { GraphEdge, GraphModel, GraphNode, GraphRest } from "./model";
import { button, listed, make } from "./panel";

export interface ListEvents {
  open(node: GraphNode): void;
  openEdge(edge: GraphEdge): void;
  openRest(rest: GraphRest): void;
}

export function drawList(list: HTMLElement, model: GraphModel, words: Words, events: ListEvents): void {
  const out = filteredOut(model);
  const isSeen = (one: { id: string }): boolean => !model.hides || !out.has(one.id);
  const named = (id: string, made: HTMLButtonElement): HTMLButtonElement => {
    made.dataset["id"] = id;
    made.classList.toggle("out", out.has(id));
    return made;
  };
  const told = (one: { id: string }, ...words: string[]): HTMLElement => make("span", [...words, ...(out.has(one.id) ? ["filtered out"] : [])].join(", "), "meta");
  const row = (one: { id: string }, made: HTMLButtonElement): HTMLElement => {
    const line = make("span");
    line.append(named(one.id, made), " ", told(one));
    return line;
  };
  list.replaceChildren(
    ...[...model.nodes.values()].filter(isSeen).map((node) => {
      const entry = make("li");
      entry.append(named(node.id, button(node.label, () => events.open(node))), " ", told(node, words.type(node.type)));
      const own = model.edgesOf(node.id).filter((edge) => edge.source === node.id && isSeen(edge));
      const said = (edge: GraphEdge): string => `${edge.label} ${model.nodes.get(edge.target)?.label ?? ""}`;
      const links = own.map((edge) => row(edge, button(said(edge), () => events.openEdge(edge))));
      const rests = model.shownRests().filter((rest) => rest.node === node.id && isSeen(rest));
      const more = rests.map((rest) => row(rest, button(`+${model.left(rest)} more: ${rest.label}…`, () => events.openRest(rest))));
      if (links.length + more.length > 0) entry.append(listed([...links, ...more], (line) => line));
      return entry;
    }),
  );
}

/** Marks what the panel speaks of. */
export function markInList(list: HTMLElement, id: string): void {
  list.querySelectorAll<HTMLElement>("[data-id]").forEach((each) => {
    if (each.dataset["id"] === id) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  });
}
