import { expect, it } from "vitest";
import { curveBetween } from "./curves";
import { boxesOf } from "./labels";
import { pointOn } from "./words";

const thing = (x: number, y: number, label = "gastrointestinal stromal tumour"): { id: string; type: string; label: string; x: number; y: number; pinned: boolean } => ({ id: "", type: "", label, x, y, pinned: false });

it.each([[0, 300], [90, 160], [220, 120], [200, 60], [-150, 180], [0, -200], [300, 0]])("a line towards (%d, %d) leaves a thing beside its name", (x, y) => {
  const from = thing(0, 0);
  const curve = curveBetween(from, thing(x, y, "KIT"), 0);
  const [, name] = boxesOf(from);
  if (!name) throw new Error("no name");
  for (let t = 0; t <= 0.5; t += 0.05) {
    const at = pointOn(curve, t);
    const isInside = at.x > name.left && at.x < name.right && at.y > name.top && at.y < name.bottom;
    expect(isInside, `at ${t}`).toBe(false);
  }
});
