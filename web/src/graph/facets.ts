/** What a reader can filter by, with counts, and what a filter takes out: plain data, no drawing. */

import type { FoundPath, GraphEdge, GraphModel } from "./model";

/** How things, predicates and sources are called. */
export interface Words {
  type(name: string): string;
  predicate(name: string): string;
  agent(curie: string): string;
}

export interface Entry {
  key: string; // as the address holds it
  label: string;
  count: number;
}

export interface Group {
  title: string;
  entries: Entry[];
}

const EFFECTS: Record<string, string> = { up: "increases or causes", down: "decreases or prevents", none: "joins or passes on" };
export const CERTAINTIES = ["stated", "inferred", "hedged", "hypothesised"];
const NO_YEAR = "none";

const effectOf = (edge: GraphEdge): string => (edge.sign === 1 ? "up" : edge.sign === -1 ? "down" : "none");
const yearKey = (year: string): string => `year:${year || NO_YEAR}`;

/** Counts how often each name comes, most first. */
function tally(names: readonly string[]): [string, number][] {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** How many things of each kind are shown, most first. */
export function kinds(model: GraphModel): [string, number][] {
  return tally([...model.nodes.values()].map((node) => node.type));
}

/** How a key of a filter reads, also where nothing on screen has it any more. */
export function labelOf(key: string, words: Words): string {
  const [kind = "", rest = ""] = key.split(/:(.*)/s);
  if (kind === "effect") return EFFECTS[rest] ?? rest;
  if (kind === "by") return words.agent(rest);
  if (kind === "year") return rest === NO_YEAR ? "year not printed" : rest;
  if (CERTAINTIES.includes(key)) return key;
  return /^[A-Z]/.test(key) ? words.type(key) : words.predicate(key);
}

/** Everything to filter by. Of sources and years a connection has as many as stand behind it. */
export function groups(model: GraphModel, words: Words): Group[] {
  const edges = [...model.edges.values()];
  const named = (found: [string, number][]): Entry[] => found.map(([key, count]) => ({ key, label: labelOf(key, words), count }));
  const behind = (key: (edge: GraphEdge) => string[]): [string, number][] => tally(edges.flatMap((edge) => [...new Set(key(edge))]));
  const years = behind((edge) => edge.said.map((said) => yearKey(said.year))).sort((a, b) => (a[0] < b[0] ? 1 : -1));
  const firm = tally(edges.map((edge) => edge.certainty)).sort((a, b) => CERTAINTIES.indexOf(a[0]) - CERTAINTIES.indexOf(b[0]));
  return [
    { title: "Kinds of things", entries: named(kinds(model)) },
    { title: "What is said", entries: named(tally(edges.map((edge) => edge.predicate))) },
    { title: "Direction of effect", entries: named(tally(edges.map((edge) => `effect:${effectOf(edge)}`))) },
    { title: "How firmly", entries: named(firm) },
    { title: "Stated by", entries: named(behind((edge) => edge.said.map((said) => `by:${said.by}`))) },
    { title: "Year of the source", entries: named(years) },
  ].filter((group) => group.entries.length > 0);
}

/** Whether a filter takes a connection out for what itself says; one with several sources stays while one of them does. */
export function isOut(edge: GraphEdge, faded: ReadonlySet<string>): boolean {
  if (faded.has(edge.predicate) || faded.has(edge.certainty) || faded.has(`effect:${effectOf(edge)}`)) return true;
  return edge.said.length > 0 && edge.said.every((said) => faded.has(`by:${said.by}`) || faded.has(yearKey(said.year)));
}

/** What is filtered out: things of a kind, what nothing but filtered connections leads to, and connections, also with their ends. */
export function filteredOut(model: GraphModel, faded: ReadonlySet<string> = model.faded): Set<string> {
  const out = new Set<string>();
  if (faded.size === 0) return out;
  const remains = new Map<string, boolean>(); // of things with connections: whether one of these is left
  const cut: GraphEdge[] = [];
  for (const edge of model.edges.values()) {
    const isGone = isOut(edge, faded);
    if (isGone) cut.push(edge);
    for (const end of [edge.source, edge.target]) remains.set(end, (remains.get(end) ?? false) || !isGone);
  }
  for (const edge of cut) out.add(edge.id);
  for (const node of model.nodes.values()) if (faded.has(node.type) || remains.get(node.id) === false) out.add(node.id);
  for (const edge of model.edges.values()) if (out.has(edge.source) || out.has(edge.target)) out.add(edge.id);
  for (const rest of model.rests.values()) if (out.has(rest.node)) out.add(rest.id);
  return out;
}

/** Whether a filter leaves nothing to look at. */
export function isEmptied(model: GraphModel, out: ReadonlySet<string>): boolean {
  const isLeft = (all: Iterable<string>): boolean => [...all].some((id) => !out.has(id));
  return model.faded.size > 0 && (!isLeft(model.nodes.keys()) || (model.edges.size > 0 && !isLeft(model.edges.keys())));
}

/** Whether a path runs over something that is filtered out. */
export const isOff = ({ things, steps }: FoundPath, out: ReadonlySet<string>): boolean => [...things, ...steps.map((step) => step.edge)].some((id) => out.has(id));

/** Where every path runs over something filtered out, the filters that do it: each that alone would free one, or else some that do together. */
export function inTheWay(model: GraphModel): string[] {
  const keys = [...model.faded];
  const frees = (lifted: string[]): boolean => {
    const out = filteredOut(model, new Set(keys.filter((key) => !lifted.includes(key))));
    return (model.paths?.paths ?? []).some((path) => !isOff(path, out));
  };
  if (frees([]) || !frees(keys)) return [];
  const single = keys.filter((key) => frees([key]));
  return single.length > 0 ? single : keys.reduce((needed, key) => (frees(needed.filter((other) => other !== key)) ? needed.filter((other) => other !== key) : needed), keys);
}

/** How many sources stand behind an edge that do not go back to the same one. */
export function independentSources(edge: GraphEdge): number {
  return Math.max(1, new Set(edge.said.map((said) => said.source)).size);
}
