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
  cut: string; // why something may be missing, in words; "" where nothing is
  between: FoundPaths | null;
}

type Parameters = Record<string, string | string[]>;

type Found = GraphData & { between: FoundPaths | null; cut: string };

let before: Promise<void> = Promise.resolve();
let underWay = 0;

/** Whether more is to come is told of the picture: to those who listen, and to whoever waits for it. */
function count(desk: Desk, by: 1 | -1): void {
  underWay += by;
  if (underWay > 0) desk.page.svg.setAttribute("aria-busy", "true");
  else desk.page.svg.removeAttribute("aria-busy");
}

/**
 * Asks for more around what is shown and draws it. One step after the other: each tells the server all that is shown,
 * also what the step before it brings. What the reader takes off the picture meanwhile stays off it.
 */
export function bring(desk: Desk, nodes: string[], parameters: Parameters, draw: (found: Found) => void): Promise<void> {
  count(desk, 1);
  const mine = before.then(async () => {
    try {
      const found = await ask(desk, nodes, parameters);
      if (!found) return;
      draw(found);
      if (found.cut) desk.page.status.append(` ${found.cut}`);
    } catch (error) {
      desk.tell(told(error));
    } finally {
      count(desk, -1);
    }
  });
  before = mine.catch(() => undefined);
  return mine;
}

/** What the server finds; undefined where there is no room for more. */
async function ask(desk: Desk, nodes: string[], parameters: Parameters): Promise<Found | undefined> {
  const { model } = desk;
  if (model.nodes.size >= MAX_NODES) {
    desk.tell(`The picture is full at ${MAX_NODES} things: hide some first.`);
    return undefined;
  }
  const imports: Parameters = model.imports ? { imports: "true" } : {};
  const shown = new Set(model.nodes.keys());
  const answer = await getPage<Brought>("/explore", { node: [...shown, ...nodes], ...parameters, ...imports, format: "json" });
  // What came back meanwhile has connections to what is new, too.
  if ([...model.nodes.keys()].some((id) => !shown.has(id))) return ask(desk, nodes, parameters);
  Object.assign(desk.page.saved.agents, answer.agents);
  const nowhere = { x: 0, y: 0, pinned: false };
  const fresh = answer.nodes.filter((one) => !shown.has(one.id)).map((one) => ({ ...one, ...nowhere }));
  return { nodes: fresh, edges: answer.edges, rests: answer.rests.map((rest) => ({ ...rest, ...nowhere })), between: answer.between, cut: answer.cut };
}

export interface Way {
  predicate: string;
  direction: string;
}

/** Adds what a thing is linked to in one way: the best evidenced, and a "+n more" for the others. */
export function expand(desk: Desk, node: GraphNode, way: Way, label: string): Promise<void> {
  const { model } = desk;
  return bring(desk, [], { expand: node.id, ...way }, (found) => {
    if (!model.nodes.has(node.id)) return;
    const added = model.add(found);
    placeNew(model, added.nodes, node);
    for (const rest of added.rests) placeRest(model, rest, node);
    const left = model.shownRests().find((rest) => rest.node === node.id && rest.predicate === way.predicate && rest.direction === way.direction);
    const more = left ? `, ${model.left(left)} more wait beside ${node.label}` : "";
    if (added.nodes.length === 0) return nothing(desk, `All that ${node.label} ${label} is shown already.`);
    done(desk, `${plural(added.nodes.length, "thing")} added (${label})${more}.`, [...added.nodes, ...added.rests]);
  });
}

/** Adds some of what an expansion left out. */
export function addFrom(desk: Desk, rest: GraphRest, ids: string[]): Promise<void> {
  const { model } = desk;
  const room = ids.slice(0, Math.max(0, MAX_NODES - model.nodes.size));
  return bring(desk, room, {}, (found) => {
    const parent = model.nodes.get(rest.node);
    if (!parent) return;
    const added = model.add({ nodes: found.nodes, edges: found.edges });
    placeNew(model, added.nodes, parent);
    const cut = room.length < ids.length ? `; there is no room for ${ids.length - room.length} of them` : "";
    if (desk.chosen === rest.id) {
      if (model.left(rest) > 0) desk.panels.rest(desk, rest, false);
      else desk.panels.node(desk, parent, false);
    }
    done(desk, `${plural(added.nodes.length, "thing")} added${cut}.`, added.nodes);
  });
}

/** Adds a thing that the reader names, with what links it to what is shown. */
export function addThing(desk: Desk, given: string): Promise<void> {
  const { model } = desk;
  const { field } = desk.page;
  const written = field.value;
  return bring(desk, [given], {}, (found) => {
    const added = model.add({ nodes: found.nodes, edges: found.edges });
    const [thing] = added.nodes;
    const linked = added.edges[0];
    const near = model.nodes.get(linked?.source === thing?.id ? (linked?.target ?? "") : (linked?.source ?? "")) ?? [...model.nodes.values()][0];
    if (near) placeNew(model, added.nodes, near);
    if (field.value === written) field.value = ""; // else the reader writes the next name already
    if (!thing) return nothing(desk, "It is shown already.");
    done(desk, `${thing.label} added.`, added.nodes);
    desk.panels.node(desk, thing, false);
  });
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
