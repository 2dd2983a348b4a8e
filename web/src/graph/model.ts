/** The graph on screen, as plain data: what is shown, how it got there, and how to take a step back and forth. */

export interface GraphNode {
  id: string; // CURIE
  type: string;
  label: string;
  x: number;
  y: number;
  pinned: boolean;
}

/** One source behind an edge: who states it, of which year, and what it goes back to. */
export interface Said {
  by: string; // CURIE of a document or of an import's graph
  year: string; // "" where none is printed
  source: string; // CURIE of what is cited, or `by`
}

export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  predicate: string;
  label: string;
  sentence: string;
  sign: number | null;
  certainty: string;
  statements: string[];
  said: Said[];
}

/** A thing that an expansion leads to, shown or not. */
export interface RestItem {
  id: string;
  type: string;
  label: string;
  certainty: string;
  statements: number;
}

/** A "+n more": an expansion that left something out. `items` hold also what is shown, so that n follows every step. */
export interface GraphRest extends Place {
  id: string; // more|curie|predicate|direction
  node: string;
  predicate: string; // "" for any
  direction: string; // "in", "out", or "" for both
  label: string;
  total: number;
  items: RestItem[];
}

export interface GraphData {
  nodes: GraphNode[];
  edges: GraphEdge[];
  rests?: GraphRest[];
}

/** A step of a path: the edge that draws it, and where it is stated. */
export interface TracedStep {
  edge: string;
  sentence: string;
  certainty: string;
  statements: string[];
  passages: { curie: string; section: string; document: string }[];
}

/** A path: its things in order, and the certainty of its weakest step. */
export interface FoundPath {
  things: string[];
  names: string[];
  certainty: string;
  steps: TracedStep[];
}

/** What lies between two things, as server/pages/explore/between.py tells it. */
export interface FoundPaths {
  ends: [string, string];
  names: [string, string];
  note: string;
  paths: FoundPath[];
  excluded_by: string[]; // "include_imports" where only imported graphs join the two, and do not count
}

/** Which part of the plane the window shows: the point in its middle, and pixels per pixel of the plane. */
export interface Look {
  pan: [number, number];
  zoom: number;
}

/** What the page hands over: a graph, and how the reader left it. */
export interface SavedView extends GraphData {
  rests: GraphRest[];
  agents: Record<string, string>; // names of documents and imports by CURIE
  pan: [number, number] | null;
  zoom: number | null;
  faded: string[];
  hides: boolean;
  imports: boolean;
  chosen: string;
  between: FoundPaths | null;
  path: number;
  laid: boolean; // whether all places come from the layout
}

export interface Place {
  x: number;
  y: number;
  pinned: boolean;
}

/** One thing the reader did: what it added, took away, moved (from where, to where), and which paths it showed instead. */
interface Step {
  added: GraphData;
  removed: GraphData;
  moved?: { id: string; from: Place; to: Place };
  paths?: { from: FoundPaths | undefined; to: FoundPaths | undefined };
  toggled?: string[]; // what was faded that was not, or the other way
  switched?: boolean; // what is filtered out went off the picture, or came back
}

const NOTHING: GraphData = { nodes: [], edges: [] };

function settle(one: Place): void {
  [one.x, one.y] = [Math.round(one.x), Math.round(one.y)];
}

export class GraphModel {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  readonly rests = new Map<string, GraphRest>();
  /** What is filtered out, as keys of `facets.ts`. */
  readonly faded = new Set<string>();
  /** Whether what is filtered out is taken off the picture. */
  hides = false;
  /** Whether statements of imported graphs count. */
  imports = false;
  /** The paths shown, if any, and which of them stands out (from 1; 0: none). */
  paths: FoundPaths | undefined;
  path = 0;
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];

  /** Places are whole pixels, as the address holds them: a view that comes back is the same in every detail. */
  constructor(data: GraphData) {
    this.put(data);
    for (const one of [...data.nodes, ...(data.rests ?? [])]) settle(one);
  }

  private put(data: GraphData): void {
    for (const node of data.nodes) this.nodes.set(node.id, node);
    for (const edge of data.edges) this.edges.set(edge.id, edge);
    for (const rest of data.rests ?? []) this.rests.set(rest.id, rest);
  }

  private take(data: GraphData): void {
    for (const rest of data.rests ?? []) this.rests.delete(rest.id);
    for (const edge of data.edges) this.edges.delete(edge.id);
    for (const node of data.nodes) this.nodes.delete(node.id);
  }

  private record(step: Step): void {
    this.done.push(step);
    this.undone.length = 0;
  }

  /** Adds what is not there yet and shows paths, as one step that can be undone. Returns what was new. */
  add(data: GraphData, paths?: FoundPaths): Required<GraphData> {
    const nodes = data.nodes.filter((node) => !this.nodes.has(node.id));
    for (const node of nodes) this.nodes.set(node.id, node);
    const edges = data.edges.filter(
      (edge) => !this.edges.has(edge.id) && this.nodes.has(edge.source) && this.nodes.has(edge.target),
    );
    for (const edge of edges) this.edges.set(edge.id, edge);
    const rests = (data.rests ?? []).filter((rest) => !this.rests.has(rest.id) && this.nodes.has(rest.node));
    for (const rest of rests) this.rests.set(rest.id, rest);
    const added = { nodes, edges, rests };
    if (paths) this.record({ added, removed: NOTHING, ...this.swap(paths) });
    else if (nodes.length + edges.length + rests.length > 0) this.record({ added, removed: NOTHING });
    return added;
  }

  /** Takes a thing with its connections off the picture, or a "+n more". */
  hide(id: string): void {
    const node = this.nodes.get(id);
    const rests = [...this.rests.values()].filter((rest) => rest.id === id || rest.node === id);
    if (!node && rests.length === 0) return;
    const removed = { nodes: node ? [node] : [], edges: this.edgesOf(id), rests };
    this.take(removed);
    const breaks = this.paths?.ends.includes(id) || this.paths?.paths.some((path) => path.things.includes(id));
    this.record({ added: NOTHING, removed, ...(breaks ? this.swap(undefined) : {}) });
  }

  /** Shows the graph without paths; their things stay. */
  clearPaths(): void {
    if (this.paths) this.record({ added: NOTHING, removed: NOTHING, ...this.swap(undefined) });
  }

  private swap(to: FoundPaths | undefined): Pick<Step, "paths"> {
    const from = this.paths;
    this.follow(to);
    return { paths: { from, to } };
  }

  private follow(paths: FoundPaths | undefined): void {
    this.paths = paths;
    this.path = 0;
  }

  /** The things and edges of the path that stands out, or of all paths; undefined where none are shown. */
  traced(): Set<string> | undefined {
    if (!this.paths || this.paths.paths.length === 0) return undefined;
    const one = this.paths.paths[this.path - 1];
    return new Set((one ? [one] : this.paths.paths).flatMap((path) => [...path.things, ...path.steps.map((step) => step.edge)]));
  }

  /** Of an expansion, what is not shown, as far as it is listed. */
  waiting(rest: GraphRest): RestItem[] {
    return rest.items.filter((item) => !this.nodes.has(item.id));
  }

  /** How many things an expansion still leaves out. */
  left(rest: GraphRest): number {
    return rest.total - (rest.items.length - this.waiting(rest).length);
  }

  /** Each "+n more" whose n is not 0. */
  shownRests(): GraphRest[] {
    return [...this.rests.values()].filter((rest) => this.nodes.has(rest.node) && this.left(rest) > 0);
  }

  /** Notes that a thing was moved or pinned, or a "+n more" moved; it stands at its new place already. */
  moved(node: Place & { id: string }, from: Place): void {
    settle(node);
    this.record({ added: NOTHING, removed: NOTHING, moved: { id: node.id, from, to: { x: node.x, y: node.y, pinned: node.pinned } } });
  }

  /** Fades what is shown fully, and shows what is faded. */
  toggle(keys: string[]): void {
    this.flip(keys);
    this.record({ added: NOTHING, removed: NOTHING, toggled: keys });
  }

  private flip(keys: string[] = []): void {
    for (const key of keys) if (!this.faded.delete(key)) this.faded.add(key);
  }

  /** Takes what is filtered out off the picture, or brings it back, faded. */
  switchHiding(): void {
    this.hides = !this.hides;
    this.record({ added: NOTHING, removed: NOTHING, switched: true });
  }

  /** Takes the last step back; false when there is nothing to take back. */
  undo(): boolean {
    const step = this.done.pop();
    if (!step) return false;
    this.take(step.added);
    this.put(step.removed);
    this.place(step.moved?.id, step.moved?.from);
    if (step.paths) this.follow(step.paths.from);
    this.flip(step.toggled);
    if (step.switched) this.hides = !this.hides;
    this.undone.push(step);
    return true;
  }

  redo(): boolean {
    const step = this.undone.pop();
    if (!step) return false;
    this.take(step.removed);
    this.put(step.added);
    this.place(step.moved?.id, step.moved?.to);
    if (step.paths) this.follow(step.paths.to);
    this.flip(step.toggled);
    if (step.switched) this.hides = !this.hides;
    this.done.push(step);
    return true;
  }

  private place(id: string | undefined, where: Place | undefined): void {
    const node = this.nodes.get(id ?? "") ?? this.rests.get(id ?? "");
    if (node && where) Object.assign(node, where);
  }

  canUndo(): boolean {
    return this.done.length > 0;
  }

  canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** In an order that does not depend on what was added when: a view comes back with the same list. */
  edgesOf(id: string): GraphEdge[] {
    const own = [...this.edges.values()].filter((edge) => edge.source === id || edge.target === id);
    return own.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** How many things a predicate joins to a thing on the picture, in a direction. */
  neighbors(id: string, predicate: string, direction: string): number {
    const [from, to] = direction === "out" ? (["source", "target"] as const) : (["target", "source"] as const);
    return new Set(this.edgesOf(id).filter((edge) => edge.predicate === predicate && edge[from] === id).map((edge) => edge[to])).size;
  }

  /** Makes a laid-out graph fit a window of another shape; steps that were done keep their places. */
  stretch(x: number, y: number): void {
    for (const node of [...this.nodes.values(), ...this.rests.values()]) {
      node.x = Math.round(node.x * x);
      node.y = Math.round(node.y * y);
    }
  }

  /**
   * The view as query parameters: which nodes are shown and where, which the reader has pinned, what expansions left
   * out, what is filtered out, which paths are shown, what is chosen, what the window shows, and of which data and how
   * many connections, so that a later reader can be told what has changed.
   */
  toParameters(chosen: string, data: string, look?: Look): URLSearchParams {
    const at = ({ x, y }: Place): string => `@${Math.round(x)},${Math.round(y)}`;
    const parameters = new URLSearchParams();
    for (const node of this.nodes.values()) parameters.append("at", node.id + at(node));
    for (const rest of this.shownRests()) parameters.append("more", `${rest.node}|${rest.predicate}|${rest.direction}${at(rest)}`);
    for (const node of this.nodes.values()) if (node.pinned) parameters.append("pin", node.id);
    for (const key of this.faded) parameters.append("fade", key);
    if (this.hides) parameters.append("filtered", "hidden");
    if (this.imports) parameters.append("imports", "true");
    if (this.nodes.has(chosen) || this.edges.has(chosen) || this.shownRests().some((rest) => rest.id === chosen)) parameters.append("open", chosen);
    for (const end of this.paths?.ends ?? []) parameters.append("between", end);
    if (this.path > 0) parameters.append("path", String(this.path));
    if (look) {
      parameters.append("pan", look.pan.join());
      parameters.append("zoom", String(look.zoom));
    }
    parameters.append("links", String(this.edges.size));
    parameters.append("data", data);
    return parameters;
  }
}
