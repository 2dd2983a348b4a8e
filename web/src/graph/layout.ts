/** Finds places for new nodes; what is on screen already never moves. */

import { forceCollide, forceLink, forceManyBody, forceSimulation, type SimulationNodeDatum } from "d3-force";
import type { GraphEdge, GraphModel, GraphNode } from "./model";

interface Body extends SimulationNodeDatum {
  id: string;
}

const TICKS = 160;
const SPACING = 130;

export function placeNew(model: GraphModel, added: readonly GraphNode[], parent: GraphNode): void {
  const fresh = new Set(added.map((node) => node.id));
  added.forEach((node, index) => {
    const angle = (2 * Math.PI * index) / Math.max(added.length, 1) + 0.3;
    node.x = parent.x + SPACING * Math.cos(angle);
    node.y = parent.y + SPACING * Math.sin(angle);
  });
  const bodies: Body[] = [...model.nodes.values()].map((node) =>
    fresh.has(node.id) ? { id: node.id, x: node.x, y: node.y } : { id: node.id, x: node.x, y: node.y, fx: node.x, fy: node.y },
  );
  const links = [...model.edges.values()]
    .filter((edge: GraphEdge) => fresh.has(edge.source) || fresh.has(edge.target))
    .map((edge) => ({ source: edge.source, target: edge.target }));
  const simulation = forceSimulation<Body>(bodies)
    .force("link", forceLink<Body, { source: string; target: string }>(links).id((body) => body.id).distance(SPACING))
    .force("charge", forceManyBody<Body>().strength(-320).distanceMax(500))
    .force("collide", forceCollide<Body>(52))
    .stop();
  for (let tick = 0; tick < TICKS; tick += 1) simulation.tick();
  for (const body of bodies) {
    const node = model.nodes.get(body.id);
    if (node && fresh.has(body.id)) {
      node.x = body.x ?? node.x;
      node.y = body.y ?? node.y;
    }
  }
}
