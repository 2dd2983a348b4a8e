/** Which way the arrow keys lead. */

import type { Point } from "./words";

const STEPS: Record<string, [number, number]> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The closest point in the direction of an arrow key: what lies aside counts as twice as far. */
export function nearest<T extends Point>(from: T, all: readonly T[], key: string): T | undefined {
  const [dx, dy] = STEPS[key] ?? [0, 0];
  let best: T | undefined;
  let least = Infinity;
  for (const one of all) {
    if (one === from) continue;
    const along = (one.x - from.x) * dx + (one.y - from.y) * dy;
    if (along <= 0) continue;
    const across = Math.abs((one.x - from.x) * dy) + Math.abs((one.y - from.y) * dx);
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [one, cost];
  }
  return best;
}
