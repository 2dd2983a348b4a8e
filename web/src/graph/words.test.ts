import { expect, it } from "vitest";
import { meet, placeWords, pointOn, type Curve } from "./words";

const line = (ax: number, ay: number, bx: number, by: number): Curve => ({ ax, ay, bx, by, cx: (ax + bx) / 2, cy: (ay + by) / 2 });
const box = (x: number, y: number, half = 20): { left: number; top: number; right: number; bottom: number } => ({ left: x - half, top: y - half, right: x + half, bottom: y + half });

it("stand in the middle where nothing is in the way", () => {
  expect(placeWords([{ curve: line(0, 0, 300, 0), words: "inhibits" }], [])).toEqual([0.5]);
});

it("step aside along their line for a thing, and for other words", () => {
  const across = { curve: line(0, 0, 300, 0), words: "inhibits" };
  const down = { curve: line(150, -150, 150, 150), words: "causes" };
  const [first, second] = placeWords([across, down], [box(150, 0)]);
  expect(first).not.toBe(0.5);
  const at = pointOn(across.curve, first ?? 0);
  expect(meet(box(at.x, at.y, 1), box(150, 0))).toBe(false);
  expect(second).not.toBe(0.5);
});

it("are left out where there is no room for them", () => {
  expect(placeWords([{ curve: line(0, 0, 40, 0), words: "acts synergistically with" }], [box(0, 0), box(40, 0)])).toEqual([undefined]);
});
