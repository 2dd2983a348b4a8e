/** The list twin of the picture: every thing with what it is linked to, from which the panel opens as from the picture. */

import type { Words } from "./filters";
import type { GraphEdge, GraphModel, GraphNode } from "./model";
import { button, listed, make } from "./panel";

export interface ListEvents {
  open(node: GraphNode): void;
  openEdge(edge: GraphEdge): void;
}

export function drawList(list: HTMLElement, model: GraphModel, words: Words, events: ListEvents): void {
  list.replaceChildren(
    ...[...model.nodes.values()].map((node) => {
      const entry = make("li");
      entry.append(named(node.id, button(node.label, () => events.open(node))), " ", make("span", words.type(node.type), "meta"));
      const own = model.edgesOf(node.id).filter((edge) => edge.source === node.id);
      if (own.length > 0) {
        const said = (edge: GraphEdge): string => `${edge.label} ${model.nodes.get(edge.target)?.label ?? ""}`;
        entry.append(listed(own, (edge) => named(edge.id, button(said(edge), () => events.openEdge(edge)))));
      }
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

function named(id: string, made: HTMLButtonElement): HTMLButtonElement {
  made.dataset["id"] = id;
  return made;
}
