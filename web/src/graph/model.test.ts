import { describe, expect, it } from "vitest";
import { boxesOf } from "./labels";
import { placeAlong, placeNew, placeRest } from "./layout";
import { meet } from "./words";
import { csvText, jsonText } from "./save";
import { GraphModel, type FoundPaths, type GraphData, type GraphEdge, type GraphNode, type GraphRest } from "./model";

const node = (id: string, x = 0, y = 0, type = "Drug"): GraphNode => ({ id, type, label: id, x, y, pinned: false });
const edge = (source: string, target: string): GraphEdge => ({
  id: `${source}|inhibits|${target}|stated`, source, target, predicate: "inhibits", label: "inhibits", sentence: "", sign: -1, certainty: "stated", statements: [], said: [],
});
const rest = (items: string[], total = items.length): GraphRest => ({
  id: "more|target:KIT|inhibits|in", node: "target:KIT", predicate: "inhibits", direction: "in", label: "is inhibited by", total, x: 30, y: 60, pinned: false,
  items: items.map((id) => ({ id, type: "Drug", label: id, certainty: "stated", statements: 1 })),
});
const kit: GraphData = { nodes: [node("target:KIT", 0, 0, "Target"), node("drug:imatinib", 100, 40)], edges: [edge("drug:imatinib", "target:KIT")] };
const fresh = (): GraphModel => new GraphModel(structuredClone(kit));
const shown = (model: GraphModel): string => JSON.stringify([[...model.nodes.values()], [...model.edges.keys()].sort()]);

/** One path from a drug to KIT by way of another thing, and one straight. */
const paths: FoundPaths = {
  ends: ["drug:imatinib", "target:KIT"], names: ["imatinib", "KIT"], note: "", excluded_by: [],
  paths: [["drug:imatinib", "target:KIT"], ["drug:imatinib", "process:p", "target:KIT"]].map((things) => ({
    things, names: things, certainty: "stated",
    steps: things.slice(1).map((end, place) => ({ edge: edge(things[place] ?? "", end).id, sentence: "", certainty: "stated", statements: [], passages: [] })),
  })),
};
const onPath: GraphData = { nodes: [node("process:p")], edges: [edge("drug:imatinib", "process:p"), edge("process:p", "target:KIT")] };

/** Numbers that look random and are the same each time. */
function* numbers(seed: number): Generator<number, number> {
  for (;;) {
    seed = (seed * 48271) % 2147483647;
    yield seed / 2147483647;
  }
}

describe("a step of the reader", () => {
  it("that adds known and new things adds only the new ones", () => {
    const model = fresh();
    const added = model.add({ nodes: [node("drug:imatinib", 9, 9), node("drug:sunitinib")], edges: [edge("drug:sunitinib", "target:KIT")] });
    expect(added.nodes.map((each) => each.id)).toEqual(["drug:sunitinib"]);
    expect(model.nodes.get("drug:imatinib")).toMatchObject({ x: 100, y: 40 });
  });

  it("leaves out connections to things that are not shown", () => {
    const model = fresh();
    expect(model.add({ nodes: [], edges: [edge("drug:sunitinib", "target:KIT")] }).edges).toEqual([]);
  });

  it("that hides a thing hides its connections, and undo brings both back", () => {
    const model = fresh();
    const before = new Set(model.edges.keys());
    model.hide("target:KIT");
    expect(model.edges.size).toBe(0);
    model.undo();
    expect(new Set(model.edges.keys())).toEqual(before);
  });

  it("can be taken back to the start and done again to the end, whatever the steps", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const model = fresh();
      const random = numbers(seed * 7919);
      const next = (below: number): number => Math.floor(random.next().value * below);
      const states = [new Set(JSON.parse(shown(model))[0].map(JSON.stringify))];
      for (let step = 0; step < 12; step += 1) {
        const all = [...model.nodes.values()];
        const one = all[next(all.length)];
        const kind = next(3);
        if (kind === 0 || !one) model.add({ nodes: [node(`drug:${seed}-${step}`, step, seed)], edges: one ? [edge(`drug:${seed}-${step}`, one.id)] : [] });
        else if (kind === 1) model.hide(one.id);
        else {
          const from = { x: one.x, y: one.y, pinned: one.pinned };
          Object.assign(one, { x: next(500), y: next(500), pinned: true });
          model.moved(one, from);
        }
        states.push(new Set([...model.nodes.values()].map((each) => JSON.stringify(each))));
      }
      const now = (): Set<string> => new Set([...model.nodes.values()].map((each) => JSON.stringify(each)));
      for (const state of states.slice(0, -1).reverse()) {
        expect(model.undo()).toBe(true);
        expect(now()).toEqual(state);
      }
      expect(model.undo()).toBe(false);
      for (const state of states.slice(1)) {
        model.redo();
        expect(now()).toEqual(state);
      }
    }
  });
});

describe("paths", () => {
  it("come with their things as one step, and go with it", () => {
    const model = fresh();
    model.add(structuredClone(onPath), paths);
    expect(model.traced()).toContain("process:p");
    model.undo();
    expect([model.paths, model.nodes.has("process:p"), model.traced()]).toEqual([undefined, false, undefined]);
    model.redo();
    expect([model.paths, model.nodes.has("process:p")]).toEqual([paths, true]);
  });

  it("that bring nothing new can be taken back too", () => {
    const model = fresh();
    model.add({ nodes: [], edges: [] }, paths);
    expect(model.canUndo()).toBe(true);
    model.undo();
    expect(model.paths).toBeUndefined();
  });

  it("let one stand out", () => {
    const model = fresh();
    model.add(structuredClone(onPath), paths);
    model.path = 1;
    expect(model.traced()).toEqual(new Set(["drug:imatinib", "target:KIT", "drug:imatinib|inhibits|target:KIT|stated"]));
  });

  it("end when a thing on them is hidden, not when another is", () => {
    const model = fresh();
    model.add({ nodes: [...structuredClone(onPath.nodes), node("drug:other")], edges: onPath.edges }, paths);
    model.hide("drug:other");
    expect(model.paths).toBe(paths);
    model.hide("process:p");
    expect(model.paths).toBeUndefined();
    model.undo();
    expect(model.paths).toBe(paths);
  });

  it("find places for what they add between their ends, and move nothing that was there", () => {
    const model = fresh();
    Object.assign(model.nodes.get("drug:imatinib") ?? {}, { x: 600, y: 0 });
    const before = structuredClone([...model.nodes.values()]);
    const added = model.add(structuredClone(onPath), paths);
    placeAlong(model, added.nodes, paths.paths.map((path) => path.things));
    expect([...model.nodes.values()].slice(0, 2)).toEqual(before);
    expect(model.nodes.get("process:p")?.x).toBeGreaterThan(0);
    expect(model.nodes.get("process:p")?.x).toBeLessThan(600);
  });
});

describe("what an expansion left out", () => {
  const expanded = (): GraphModel => {
    const model = fresh();
    model.add({ nodes: [node("drug:a")], edges: [edge("drug:a", "target:KIT")], rests: [rest(["drug:imatinib", "drug:a", "drug:b", "drug:c"], 6)] });
    return model;
  };
  const left = (model: GraphModel): number[] => model.shownRests().map((each) => model.left(each));

  it("is counted beside its thing, and is what is not shown", () => {
    const model = expanded();
    expect(left(model)).toEqual([4]);
    expect(model.waiting(rest(["drug:a", "drug:b", "drug:c"])).map((item) => item.id)).toEqual(["drug:b", "drug:c"]);
  });

  it("gets less with each of them that is added, whichever way, and more with each that is hidden", () => {
    const model = expanded();
    model.add({ nodes: [node("drug:b")], edges: [] });
    expect(left(model)).toEqual([3]);
    model.hide("drug:a");
    expect(left(model)).toEqual([4]);
    model.undo();
    model.undo();
    expect(left(model)).toEqual([4]);
  });

  it("goes away when nothing is left, and comes back with undo", () => {
    const model = fresh();
    model.add({ nodes: [], edges: [], rests: [rest(["drug:b"])] });
    model.add({ nodes: [node("drug:b")], edges: [] });
    expect(left(model)).toEqual([]);
    model.undo();
    expect(left(model)).toEqual([1]);
  });

  it("goes with its thing, can be hidden itself, and goes with the expansion that is taken back", () => {
    for (const id of ["target:KIT", "more|target:KIT|inhibits|in"]) {
      const model = expanded();
      model.hide(id);
      expect(left(model), id).toEqual([]);
      model.undo();
      expect(left(model), id).toEqual([4]);
    }
    const model = expanded();
    model.undo();
    expect([...model.rests]).toEqual([]);
    model.redo();
    expect(left(model)).toEqual([4]);
  });

  it("is in the address with its place, which moving changes and undo gives back", () => {
    const model = expanded();
    const more = (): string[] => model.toParameters("more|target:KIT|inhibits|in", "abc").getAll("more");
    const [one] = model.shownRests();
    if (!one) throw new Error("no rest");
    expect(model.toParameters(one.id, "abc").get("open")).toBe(one.id);
    expect(more()).toEqual(["target:KIT|inhibits|in@30,60"]);
    Object.assign(one, { x: 5 });
    model.moved(one, { x: 30, y: 60, pinned: false });
    expect(more()).toEqual(["target:KIT|inhibits|in@5,60"]);
    model.undo();
    expect(more()).toEqual(["target:KIT|inhibits|in@30,60"]);
  });

  it("stands apart from everything else", () => {
    const model = expanded();
    const [one] = model.shownRests();
    const parent = model.nodes.get("target:KIT");
    if (!one || !parent) throw new Error("no rest");
    placeRest(model, one, parent);
    for (const other of model.nodes.values()) expect(Math.hypot(one.x - other.x, one.y - other.y), other.id).toBeGreaterThan(60);
  });

  it("is told in files as a number, not as things", () => {
    expect(JSON.parse(jsonText(expanded())).rests).toEqual([{ node: "target:KIT", predicate: "inhibits", direction: "in", left_out: 4 }]);
    expect(csvText(expanded())).not.toContain("more");
  });
});

describe("the address", () => {
  it("holds every field of the view", () => {
    const model = fresh();
    const [target, drug] = [...model.nodes.values()];
    Object.assign(target ?? {}, { x: 12.4, y: -3.6 });
    Object.assign(drug ?? {}, { pinned: true });
    model.faded.add("Target");
    model.switchHiding();
    model.imports = true;
    expect(model.toParameters("drug:imatinib", "abc", { pan: [10, -20], zoom: 1.25 }).toString()).toBe(
      new URLSearchParams([["at", "target:KIT@12,-4"], ["at", "drug:imatinib@100,40"], ["pin", "drug:imatinib"], ["fade", "Target"], ["filtered", "hidden"], ["imports", "true"], ["open", "drug:imatinib"], ["pan", "10,-20"], ["zoom", "1.25"], ["links", "1"], ["data", "abc"]]).toString(),
    );
    model.add({ nodes: [], edges: [] }, paths);
    model.path = 2;
    const parameters = model.toParameters("", "abc");
    expect([parameters.getAll("between"), parameters.get("path")]).toEqual([["drug:imatinib", "target:KIT"], "2"]);
  });

  it("forgets a choice that is no longer shown", () => {
    const model = fresh();
    model.hide("drug:imatinib");
    expect(model.toParameters("drug:imatinib", "abc").has("open")).toBe(false);
  });
});

describe("new things", () => {
  it("find places apart from each other, and move nothing that was there", () => {
    const model = fresh();
    const before = structuredClone([...model.nodes.values()]);
    const drugs = Array.from({ length: 15 }, (_, number) => node(`drug:new-${number} with a name of three lines as regimens have`));
    const parent = model.nodes.get("target:KIT");
    if (!parent) throw new Error("no parent");
    const added = model.add({ nodes: drugs, edges: drugs.map((drug) => edge(drug.id, "target:KIT")) });
    placeNew(model, added.nodes, parent);
    expect([...model.nodes.values()].slice(0, 2)).toEqual(before);
    const places = [...model.nodes.values()];
    for (const [index, a] of places.entries()) {
      for (const b of places.slice(index + 1)) {
        const clash = boxesOf(a).some((one) => boxesOf(b).some((other) => meet(one, other)));
        expect(clash, `${a.id} and ${b.id}`).toBe(false);
      }
    }
  });
});
