/** The lines of the picture: fanned out between the same two things, and ending beside these and their names. */

import type { GraphEdge } from "./model";
import { halfWidth, wrapLabel } from "./labels";
import type { Curve, Point } from "./words";

/** Pixels between lines that join the same two things. */
const FAN = 40;
const MARGIN = 24;
/** From the middle of a thing down to its name, and of the name a line's height. */
const NAME_TOP = 18;
const LINE = 14;

interface End extends Point {
  label: string;
}

/** How far the line of each edge bends aside, in pixels. */
export function fanned(edges: Iterable<GraphEdge>): Map<string, number> {
  const pairs = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const key = edge.source < edge.target ? `${edge.source}|${edge.target}` : `${edge.target}|${edge.source}`;
    const group = pairs.get(key);
    if (group) group.push(edge);
    else pairs.set(key, [edge]);
  }
  const bends = new Map<string, number>();
  for (const group of pairs.values()) {
    group.forEach((edge, place) => {
      bends.set(edge.id, (place - (group.length - 1) / 2) * FAN * (edge.source < edge.target ? 1 : -1));
    });
  }
  return bends;
}

/** How far from a thing a line that leaves it some way is clear of its shape, and of its name where it meets that. */
function clearOf(label: string, way: Point): number {
  const lines = wrapLabel(label);
  const half = halfWidth(lines) + 2;
  const aside = half / Math.abs(way.x || 1e-9); // where the line leaves the name by its side
  const below = (NAME_TOP + LINE * lines.length) / Math.max(way.y, 1e-9); // and by its lower edge
  return label && aside * way.y > NAME_TOP ? Math.max(MARGIN, Math.min(aside, below) + 4) : MARGIN;
}

/** The line from one thing to another, bent aside. */
export function curveBetween(a: End, b: End, bend: number): Curve {
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const [cx, cy] = [(a.x + b.x) / 2 - uy * bend, (a.y + b.y) / 2 + ux * bend];
  const toward = (n: End): [number, number] => {
    const far = Math.hypot(cx - n.x, cy - n.y) || 1;
    const way = { x: (cx - n.x) / far, y: (cy - n.y) / far };
    const margin = Math.min(clearOf(n.label, way), 0.8 * far);
    return [n.x + way.x * margin, n.y + way.y * margin];
  };
  const [ax, ay] = toward(a);
  const [bx, by] = toward(b);
  return { ax, ay, bx, by, cx, cy };
}

export function pathOf({ ax, ay, bx, by, cx, cy }: Curve): string {
  return `M${ax.toFixed(1)},${ay.toFixed(1)} Q${cx.toFixed(1)},${cy.toFixed(1)} ${bx.toFixed(1)},${by.toFixed(1)}`;
}
