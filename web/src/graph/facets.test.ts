import { describe, expect, it } from "vitest";
import { filteredOut, groups, inTheWay, independentSources, isEmptied, labelOf } from "./facets";
import { GraphModel, type FoundPath, type GraphEdge, type GraphNode, type Said } from "./model";

const words = { type: (name: string) => name.toLowerCase(), predicate: (name: string) => `says ${name}`, agent: (curie: string) => `paper ${curie}` };
const node = (id: string, type: string): GraphNode => ({ id, type, label: id, x: 0, y: 0, pinned: false });
const said = (by: string, year = "", source = by): Said => ({ by, year, source });
const edge = (source: string, predicate: string, target: string, about: Partial<GraphEdge>): GraphEdge => ({
  id: `${source}|${predicate}|${target}`, source, target, predicate, label: predicate, sentence: "", sign: null, certainty: "stated", statements: [], said: [], ...about,
});
const [REVIEW, IMPORT] = ["document:002", "graph:import-x"];

const made = (): GraphModel =>
  new GraphModel({
    nodes: [node("kit", "Target"), node("imatinib", "Drug"), node("gist", "Histotype"), node("alone", "Drug")],
    edges: [
      edge("imatinib", "inhibits", "kit", { sign: -1, said: [said(REVIEW, "2007"), said(IMPORT)] }),
      edge("imatinib", "activeIn", "gist", { certainty: "hedged", said: [said(REVIEW, "2002", "document:002-ref-4")] }),
      edge("kit", "drives", "gist", { sign: 1, said: [said(IMPORT)] }),
    ],
  });
const out = (model: GraphModel): string[] => [...filteredOut(model)].sort();

describe("the filter", () => {
  it("counts things and connections by kind, predicate, direction, certainty, source and year", () => {
    const found = Object.fromEntries(groups(made(), words).map((group) => [group.title, group.entries.map((entry) => `${entry.label} ${entry.count}`)]));
    expect(found).toEqual({
      "Kinds of things": ["drug 2", "histotype 1", "target 1"],
      "What is said": ["says activeIn 1", "says drives 1", "says inhibits 1"],
      "Direction of effect": ["decreases or prevents 1", "joins or passes on 1", "increases or causes 1"],
      "How firmly": ["stated 2", "hedged 1"],
      "Stated by": ["paper document:002 2", "paper graph:import-x 2"],
      "Year of the source": ["year not printed 2", "2007 1", "2002 1"],
    });
  });

  it.each([
    ["inhibits", "imatinib|inhibits|kit"],
    ["hedged", "imatinib|activeIn|gist"],
    ["effect:up", "kit|drives|gist"],
    ["year:2002", "imatinib|activeIn|gist"],
  ])("by %s takes out %s, and nothing that other connections lead to", (key, id) => {
    const model = made();
    model.toggle([key]);
    expect(out(model)).toEqual([id]);
    model.undo();
    expect(out(model)).toEqual([]);
  });

  it("by source leaves what another source says too", () => {
    const model = made();
    model.toggle([`by:${IMPORT}`]);
    expect(out(model)).toEqual(["kit|drives|gist"]);
    model.toggle(["year:2007"]); // of what is said twice, now both are out
    expect(out(model)).toEqual(["imatinib|inhibits|kit", "kit", "kit|drives|gist"]);
  });

  it("by kind takes things out with their connections, not what these led to", () => {
    const model = made();
    model.toggle(["Drug"]);
    expect(out(model)).toEqual(["alone", "imatinib", "imatinib|activeIn|gist", "imatinib|inhibits|kit"]);
  });

  it("is empty only when no connection, or no thing, is left", () => {
    const model = made();
    expect(isEmptied(model, filteredOut(model))).toBe(false);
    model.toggle(["stated"]);
    expect(isEmptied(model, filteredOut(model))).toBe(false);
    model.toggle(["hedged"]);
    expect(isEmptied(model, filteredOut(model))).toBe(true);
  });

  it.each([
    [["Target", "Histotype"], ["Target", "Histotype"]],
    [["inhibits"], []], // a path is left
    [["inhibits", "activeIn"], ["inhibits", "activeIn"]], // each alone would free one
    [["Drug", "inhibits", "activeIn"], ["Drug", "activeIn"]], // none alone would
    [["Process"], []],
  ])("%j takes every path out because of %j", (faded, blamed) => {
    const model = made();
    const path = (edge: string): FoundPath => ({ things: edge.split("|").filter((_, place) => place !== 1), names: [], certainty: "stated", steps: [{ edge, sentence: "", certainty: "stated", statements: [], passages: [] }] });
    model.add({ nodes: [], edges: [] }, { ends: ["imatinib", "gist"], names: ["", ""], note: "", excluded_by: [], paths: [path("imatinib|inhibits|kit"), path("imatinib|activeIn|gist")] });
    model.toggle(faded);
    expect(inTheWay(model)).toEqual(blamed);
  });

  it("names each of its keys, also of what is no longer shown", () => {
    expect(["effect:none", "by:document:002", "year:none", "year:1999", "Drug", "inhibits", "hedged"].map((key) => labelOf(key, words))).toEqual(
      ["joins or passes on", "paper document:002", "year not printed", "1999", "drug", "says inhibits", "hedged"],
    );
  });
});

it("sources that go back to the same one count once", () => {
  const cited = "document:002-ref-4";
  expect(independentSources(edge("a", "p", "b", { said: [said(REVIEW, "", cited), said("document:003", "", cited), said("document:003")] }))).toBe(2);
  expect(independentSources(edge("a", "p", "b", {}))).toBe(1);
});
