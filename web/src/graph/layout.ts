/** Finds places for new nodes; what is on screen already never moves. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, type SimulationNodeDatum } from "d3-force";
import { roomOf } from "./labels";
import type { GraphModel, GraphNode, GraphRest } from "./model";

interface Body extends SimulationNodeDatum {
  id: string;
}

const TICKS = 200;
const SWEEPS = 120;
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

/** Places a "+n more" at a free spot near the thing that it belongs to, rather outside of the crowd. */
export function placeRest(model: GraphModel, rest: GraphRest, parent: GraphNode): void {
  const others = [...model.nodes.values(), ...[...model.rests.values()].filter((other) => other !== rest)];
  let best = -Infinity;
  for (const far of [1, 1.6, 2.2]) {
    for (let turn = 0; turn < 16; turn += 1) {
      const angle = (Math.PI * turn) / 8;
      const [x, y] = [parent.x + SQUEEZE * SPACING * far * Math.cos(angle), parent.y + SPACING * far * Math.sin(angle)];
      const room = Math.min(...others.map((other) => Math.hypot((other.x - x) / SQUEEZE, other.y - y)), SPACING) - 12 * far;
      if (room > best) [best, rest.x, rest.y] = [room, Math.round(x), Math.round(y)];
    }
  }
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
  for (const rest of model.shownRests()) if (rest.x !== 0 || rest.y !== 0) bodies.push({ id: rest.id, x: rest.x / SQUEEZE, y: rest.y, fx: rest.x / SQUEEZE, fy: rest.y });
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
  part(model, fresh);
}

/** Pushes new things off others and their names, each time the shorter way; what was there stays. */
function part(model: GraphModel, fresh: ReadonlySet<string>): void {
  const all = [...model.nodes.values(), ...model.shownRests().filter((rest) => rest.x !== 0 || rest.y !== 0)];
  const rooms = all.map(roomOf);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    let isFree = true;
    all.forEach((one, i) => {
      if (!fresh.has(one.id)) return;
      all.forEach((other, j) => {
        const [a, b] = [rooms[i], rooms[j]];
        if (i === j || !a || !b) return;
        const [dx, dy] = [one.x + a.x - other.x - b.x, one.y + a.y - other.y - b.y];
        const [across, down] = [a.width / 2 + b.width / 2 - Math.abs(dx), a.height / 2 + b.height / 2 - Math.abs(dy)];
        if (across <= 0 || down <= 0) return;
        isFree = false;
        const share = fresh.has(other.id) ? 0.5 : 1;
        if (across < down) one.x += share * (across + 1) * (dx < 0 ? -1 : 1);
        else one.y += share * (down + 1) * (dy < 0 ? -1 : 1);
      });
    });
    if (isFree) break;
  }
  for (const one of all) if (fresh.has(one.id)) [one.x, one.y] = [Math.round(one.x), Math.round(one.y)];
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
