/** Where the words on edges stand: on their line, clear of things and of each other, or nowhere until they are asked for. */

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A line from a to b, drawn towards a control point. */
export interface Curve {
  ax: number;
  ay: number;
  bx: number;
  by: number;
  cx: number;
  cy: number;
}

const TRIED = [0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78];
const CHARACTER = 5.8;
const HALF_LINE = 7;

export function pointOn({ ax, ay, bx, by, cx, cy }: Curve, t: number): Point {
  const s = 1 - t;
  return { x: s * s * ax + 2 * s * t * cx + t * t * bx, y: s * s * ay + 2 * s * t * cy + t * t * by };
}

export const meet = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** For each line, in order, the part of its length at which its words are free; undefined where they are not. */
export function placeWords(lines: readonly { curve: Curve; words: string }[], things: readonly Box[]): (number | undefined)[] {
  const taken = [...things];
  return lines.map(({ curve, words }) => {
    for (const t of TRIED) {
      const { x, y } = pointOn(curve, t);
      const half = (words.length * CHARACTER) / 2 + 2;
      const box = { left: x - half, top: y - HALF_LINE, right: x + half, bottom: y + HALF_LINE };
      if (taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      return t;
    }
    return undefined;
  });
}
