/** Finds places for new nodes; what is on screen already never moves. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, type SimulationNodeDatum } from "d3-force";
import type { GraphModel, GraphNode } from "./model";

interface Body extends SimulationNodeDatum {
  id: string;
}

const TICKS = 200;
const SPACING = 110;
const RADIUS = 42;
/** Labels are wider than high: the plane is squeezed while forces work, so that a circle there is an ellipse on screen. */
const SQUEEZE = 1.75;

export function placeNew(model: GraphModel, added: readonly GraphNode[], parent: GraphNode): void {
  const fresh = new Set(added.map((node) => node.id));
  const away = direction(model, parent, fresh);
  const arc = added.length > 6 ? 2 * Math.PI : Math.PI;
  added.forEach((node, index) => {
    const angle = away + arc * ((index + 0.5) / added.length - 0.5);
    node.x = parent.x + SQUEEZE * SPACING * Math.cos(angle);
    node.y = parent.y + SPACING * Math.sin(angle);
  });
  settle(model, fresh);
}

/** Places the new things of some paths between their ends, each path beside the others. */
export function placeAlong(model: GraphModel, added: readonly GraphNode[], paths: readonly (readonly string[])[]): void {
  const fresh = new Set(added.map((node) => node.id));
  const waiting = new Set(fresh);
  paths.forEach((things, number) => {
    const [first, last] = [model.nodes.get(things[0] ?? ""), model.nodes.get(things.at(-1) ?? "")];
    if (!first || !last) return;
    const length = Math.hypot(last.x - first.x, last.y - first.y) || 1;
    const aside = (number - (paths.length - 1) / 2) * 1.3 * SPACING;
    things.forEach((id, place) => {
      const node = model.nodes.get(id);
      if (!node || !waiting.delete(id)) return;
      const part = place / (things.length - 1);
      node.x = first.x + (last.x - first.x) * part - ((last.y - first.y) / length) * aside;
      node.y = first.y + (last.y - first.y) * part + ((last.x - first.x) / length) * aside;
    });
  });
  settle(model, fresh);
}

/** Lets new things push each other apart; the others stay where they are. */
function settle(model: GraphModel, fresh: ReadonlySet<string>): void {
  const bodies: Body[] = [...model.nodes.values()].map((node) => {
    const x = node.x / SQUEEZE;
    return fresh.has(node.id) ? { id: node.id, x, y: node.y } : { id: node.id, x, y: node.y, fx: x, fy: node.y };
  });
  const links = [...model.edges.values()]
    .filter((edge) => fresh.has(edge.source) || fresh.has(edge.target))
    .map((edge) => ({ source: edge.source, target: edge.target }));
  const simulation = forceSimulation<Body>(bodies)
    .force("link", forceLink<Body, { source: string; target: string }>(links).id((body) => body.id).distance(SPACING).strength(0.3))
    .force("charge", forceManyBody<Body>().strength(-160).distanceMax(400))
    .force("collide", forceCollide<Body>(RADIUS).iterations(3))
    .stop();
  for (let tick = 0; tick < TICKS; tick += 1) simulation.tick();
  for (const body of bodies) {
    const node = model.nodes.get(body.id);
    if (node && fresh.has(body.id)) {
      node.x = Math.round((body.x ?? 0) * SQUEEZE);
      node.y = Math.round(body.y ?? 0);
    }
  }
}

/** The angle that leads away from what a node is linked to already. */
function direction(model: GraphModel, parent: GraphNode, fresh: ReadonlySet<string>): number {
  let [dx, dy] = [0, 0];
  for (const node of model.nodes.values()) {
    if (node === parent || fresh.has(node.id)) continue;
    const distance = Math.hypot(parent.x - node.x, parent.y - node.y) || 1;
    dx += (parent.x - node.x) / distance ** 2;
    dy += (parent.y - node.y) / distance ** 2;
  }
  return dx === 0 && dy === 0 ? 0.3 : Math.atan2(dy, dx);
}
