/** Paths between two things of the picture: choose both ends, find them, tell them. */

import { bring } from "./adding";
import { askForOther, pathPanel } from "./between";
import { plural, type Desk } from "./desk";
import { filteredOut, inTheWay } from "./facets";
import { chipOf, countImports } from "./filters";
import { placeAlong } from "./layout";
import type { GraphNode } from "./model";
import { button, make } from "./panel";
import { takeBack } from "./steps";

export function startPaths(desk: Desk, node: GraphNode): void {
  desk.from = node;
  const others = [...desk.model.nodes.values()].filter((other) => other !== node);
  const giveUp = (): void => {
    desk.from = undefined;
    desk.panels.node(desk, node, true);
  };
  desk.show(node.id, askForOther(node, others, (id) => void findPaths(desk, node, id, true), giveUp), false);
  desk.tell(`Paths from ${node.label}: choose the other end. Esc gives up.`);
  desk.focusIn("select");
}

export function findPaths(desk: Desk, first: GraphNode, second: string, byKey: boolean): Promise<void> {
  const { model } = desk;
  desk.from = undefined;
  return bring(desk, [], { between: [first.id, second] }, ({ nodes, edges, between }) => {
    if (!between || ![first.id, second].every((id) => model.nodes.has(id))) return;
    const added = model.add({ nodes, edges }, between);
    placeAlong(model, added.nodes, between.paths.map((path) => path.things));
    showPaths(desk, byKey);
    const message = `${plural(between.paths.length, "path")}, ${plural(added.nodes.length, "thing")} added.`;
    desk.refresh(message);
    desk.view.reveal([...added.nodes, first]);
    desk.keepAddress();
    desk.say(message, () => takeBack(desk));
  });
}

/** The panel tells the paths that are shown; without any, it asks for a choice. */
export function showPaths(desk: Desk, byKey: boolean): void {
  const { model } = desk;
  if (!model.paths) return desk.show("", [make("p", "Choose a thing to expand it, or a connection to see who states it.")], byKey);
  const events = {
    pick: (place: number): void => {
      model.path = place;
      showPaths(desk, false);
      desk.view.trace(model.traced());
      desk.page.panel.querySelectorAll<HTMLElement>(".paths > li > button")[place - 1]?.focus();
    },
    open: (step: { edge: string }): void => {
      const edge = model.edges.get(step.edge);
      if (edge) desk.panels.edge(desk, edge, true);
    },
    clear: (): void => {
      model.clearPaths();
      showPaths(desk, false);
      desk.refresh("Paths cleared; their things stay.");
    },
  };
  desk.show("", pathPanel(model.paths, model.path, filteredOut(model), remarks(desk), events), byKey);
}

/** What stands in the way of paths, and how to take it away. */
function remarks(desk: Desk): Node[] {
  const blamed = inTheWay(desk.model);
  const told: Node[] = [];
  if (blamed.length > 0) {
    const row = make("p", "Every path runs over what is filtered out: ", "blamed");
    row.append(...blamed.map((key) => chipOf(desk, key)));
    told.push(row);
  }
  if (desk.model.paths?.excluded_by.includes("include_imports")) {
    const row = make("p", "What imported graphs state would join them, but does not count here. ");
    row.append(button("Count it", () => void countImports(desk)));
    told.push(row);
  }
  return told;
}
