/** What stands on and under the parts of the picture, and the room it takes. */

import type { GraphEdge, GraphNode, GraphRest } from "./model";
import type { Box } from "./words";

/** Pixels between what stands beside each other. */
const AIR = 4;

export function wrapLabel(label: string, width = 19): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of label.split(" ")) {
    if (line && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]?.replace(/[\s:;,(+]+$/, "")}…`] : lines;
}

/** Half of what the lines of a name take, in pixels. */
export const halfWidth = (lines: readonly string[]): number => Math.max(...lines.map((line) => line.length)) * 3.3;

/** What an edge says, and how often where it is said more than once. */
export function wordsOf(edge: GraphEdge): string {
  return edge.statements.length > 1 ? `${edge.label} (${edge.statements.length})` : edge.label;
}

/** A thing and its name. */
export function boxesOf({ x, y, label }: GraphNode): Box[] {
  const lines = wrapLabel(label);
  const half = halfWidth(lines);
  return [
    { left: x - 21, top: y - 17, right: x + 21, bottom: y + 17 },
    { left: x - half, top: y + 18, right: x + half, bottom: y + 20 + 14 * lines.length },
  ];
}

/** The room that a thing takes with its name, and where its middle lies from that of the thing. */
export function roomOf(one: GraphNode | GraphRest): { x: number; y: number; width: number; height: number } {
  const boxes = "items" in one ? [boxOfRest(one)] : boxesOf(one);
  const [left, right] = [Math.min(...boxes.map((box) => box.left)) - AIR, Math.max(...boxes.map((box) => box.right)) + AIR];
  const [top, bottom] = [Math.min(...boxes.map((box) => box.top)) - AIR, Math.max(...boxes.map((box) => box.bottom)) + AIR];
  return { x: (left + right) / 2 - one.x, y: (top + bottom) / 2 - one.y, width: right - left, height: bottom - top };
}

export function boxOfRest({ x, y }: GraphRest): Box {
  return { left: x - 21, top: y - 17, right: x + 21, bottom: y + 34 };
}
