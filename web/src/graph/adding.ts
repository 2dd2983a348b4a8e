/** What brings things onto the picture; each asks the server once. */

import { getPage } from "../api";
import { plural, told, type Desk } from "./desk";
import { placeNew, placeRest } from "./layout";
import type { FoundPaths, GraphData, GraphEdge, GraphNode, GraphRest } from "./model";
import { takeBack } from "./steps";

const MAX_NODES = 300;

/** What the server answers: things and "+n more" without places, and the connections among all that is shown. */
interface Brought {
  nodes: { id: string; type: string; label: string }[];
  edges: GraphEdge[];
  rests: Omit<GraphRest, "x" | "y" | "pinned">[];
  agents: Record<string, string>;
  between: FoundPaths | null;
}

type Parameters = Record<string, string | string[]>;

/** Asks for more around what is shown; undefined where there is no room. */
export async function ask(desk: Desk, nodes: string[], parameters: Parameters): Promise<(GraphData & { between: FoundPaths | null }) | undefined> {
  const { model } = desk;
  if (model.nodes.size >= MAX_NODES) {
    desk.tell(`The picture is full at ${MAX_NODES} things: hide some first.`);
    return undefined;
  }
  const imports: Parameters = model.imports ? { imports: "true" } : {};
  const answer = await getPage<Brought>("/explore", { node: [...model.nodes.keys(), ...nodes], ...parameters, ...imports, format: "json" });
  Object.assign(desk.page.saved.agents, answer.agents);
  const nowhere = { x: 0, y: 0, pinned: false };
  const fresh = answer.nodes.filter((found) => !model.nodes.has(found.id)).map((found) => ({ ...found, ...nowhere }));
  return { nodes: fresh, edges: answer.edges, rests: answer.rests.map((rest) => ({ ...rest, ...nowhere })), between: answer.between };
}

export interface Way {
  predicate: string;
  direction: string;
}

/** Adds what a thing is linked to in one way: the best evidenced, and a "+n more" for the others. */
export async function expand(desk: Desk, node: GraphNode, way: Way, label: string): Promise<void> {
  try {
    const data = await ask(desk, [], { expand: node.id, ...way });
    if (!data) return;
    const added = desk.model.add(data);
    placeNew(desk.model, added.nodes, node);
    for (const rest of added.rests) placeRest(desk.model, rest, node);
    const left = desk.model.shownRests().find((rest) => rest.node === node.id && rest.predicate === way.predicate && rest.direction === way.direction);
    const more = left ? `, ${desk.model.left(left)} more wait beside ${node.label}` : "";
    if (added.nodes.length === 0) return nothing(desk, `All that ${node.label} ${label} is shown already.`);
    done(desk, `${plural(added.nodes.length, "thing")} added (${label})${more}.`, [...added.nodes, ...added.rests]);
  } catch (error) {
    desk.tell(told(error));
  }
}

/** Adds some of what an expansion left out. */
export async function addFrom(desk: Desk, rest: GraphRest, ids: string[]): Promise<void> {
  const parent = desk.model.nodes.get(rest.node);
  const room = ids.slice(0, Math.max(0, MAX_NODES - desk.model.nodes.size));
  if (!parent) return;
  try {
    const data = await ask(desk, room, {});
    if (!data) return;
    const added = desk.model.add({ nodes: data.nodes, edges: data.edges });
    placeNew(desk.model, added.nodes, parent);
    const cut = room.length < ids.length ? `; there is no room for ${ids.length - room.length} of them` : "";
    if (desk.model.left(rest) > 0) desk.panels.rest(desk, rest, false);
    else desk.panels.node(desk, parent, false);
    done(desk, `${plural(added.nodes.length, "thing")} added${cut}.`, added.nodes);
  } catch (error) {
    desk.tell(told(error));
  }
}

/** Adds a thing that the reader names, with what links it to what is shown. */
export async function addThing(desk: Desk, given: string): Promise<void> {
  try {
    const data = await ask(desk, [given], {});
    if (!data) return;
    const added = desk.model.add({ nodes: data.nodes, edges: data.edges });
    const [thing] = added.nodes;
    const linked = added.edges[0];
    const near = desk.model.nodes.get(linked?.source === thing?.id ? (linked?.target ?? "") : (linked?.source ?? "")) ?? [...desk.model.nodes.values()][0];
    if (near) placeNew(desk.model, added.nodes, near);
    desk.page.field.value = "";
    if (!thing) return nothing(desk, "It is shown already.");
    done(desk, `${thing.label} added.`, added.nodes);
    desk.panels.node(desk, thing, false);
  } catch (error) {
    desk.tell(told(error));
  }
}

function nothing(desk: Desk, message: string): void {
  desk.refresh(message);
  desk.say(message);
}

function done(desk: Desk, message: string, added: readonly (GraphNode | GraphRest)[]): void {
  desk.refresh(message);
  desk.view.reveal(added);
  desk.keepAddress();
  desk.say(message, () => takeBack(desk));
}
