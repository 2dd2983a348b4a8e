/** What the reader does to the graph without asking the server: hide, pin, take back, do again. */

import type { Desk } from "./desk";
import type { GraphNode, GraphRest } from "./model";
import { button, make } from "./panel";

export function takeBack(desk: Desk): void {
  follow(desk, () => desk.model.undo(), "Last step taken back.");
}

export function doAgain(desk: Desk): void {
  follow(desk, () => desk.model.redo(), "Step done again.");
}

/** A step in time; the panel follows the paths that come or go with it, and lets go of what is gone. */
function follow(desk: Desk, step: () => boolean, message: string): void {
  const { model } = desk;
  const before = model.paths;
  if (!step()) return;
  const rest = model.rests.get(desk.chosen);
  const isThere = model.nodes.has(desk.chosen) || model.edges.has(desk.chosen);
  if (model.paths !== before || (desk.chosen ? !isThere && !rest : model.paths)) desk.panels.paths(desk, false);
  else if (rest) desk.panels.rest(desk, rest, false);
  desk.refresh(message);
}

/** Takes a thing or a "+n more" off the picture. */
export function hide(desk: Desk, one: GraphNode | GraphRest): void {
  const name = "items" in one ? `“+${desk.model.left(one)} more”` : one.label;
  desk.model.hide(one.id);
  desk.chosen = "";
  desk.page.panel.replaceChildren(make("p", `${name} is hidden.`), button("Undo", () => takeBack(desk)));
  desk.refresh(`${name} hidden.`);
  desk.say(`${name} hidden.`, () => takeBack(desk));
  const next = [...desk.model.nodes.keys()][0];
  if (next && desk.page.svg.contains(document.activeElement)) desk.view.focus(next);
}

export function pin(desk: Desk, node: GraphNode): void {
  const from = { x: node.x, y: node.y, pinned: node.pinned };
  node.pinned = !node.pinned;
  desk.model.moved(node, from);
  desk.refresh(`${node.label} ${node.pinned ? "pinned" : "free"}.`);
  desk.panels.node(desk, node, false);
}
