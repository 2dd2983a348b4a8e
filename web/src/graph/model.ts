/** The graph on screen, as plain data: what is shown, how it got there, and how to take a step back and forth. */

export interface GraphNode {
  id: string; // CURIE
  type: string;
  label: string;
  x: number;
  y: number;
  pinned: boolean;
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
}

export interface GraphData {
  nodes: GraphNode[];
  edges: GraphEdge[];
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

/** What lies between two things, as server/explore_paths.py tells it. */
export interface FoundPaths {
  ends: [string, string];
  names: [string, string];
  note: string;
  paths: FoundPath[];
}

/** What the page hands over: a graph, and how the reader left it. */
export interface SavedView extends GraphData {
  faded: string[];
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
}

const NOTHING: GraphData = { nodes: [], edges: [] };

function tally(names: readonly string[]): [string, number][] {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

export class GraphModel {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  /** What steps back: kinds of things, predicates and certainties. */
  readonly faded = new Set<string>();
  /** The paths shown, if any, and which of them stands out (from 1; 0: none). */
  paths: FoundPaths | undefined;
  path = 0;
  private readonly done: Step[] = [];
  private readonly undone: Step[] = [];

  constructor(data: GraphData) {
    this.put(data);
  }

  private put(data: GraphData): void {
    for (const node of data.nodes) this.nodes.set(node.id, node);
    for (const edge of data.edges) this.edges.set(edge.id, edge);
  }

  private take(data: GraphData): void {
    for (const edge of data.edges) this.edges.delete(edge.id);
    for (const node of data.nodes) this.nodes.delete(node.id);
  }

  private record(step: Step): void {
    this.done.push(step);
    this.undone.length = 0;
  }

  /** Adds what is not there yet and shows paths, as one step that can be undone. Returns what was new. */
  add(data: GraphData, paths?: FoundPaths): GraphData {
    const nodes = data.nodes.filter((node) => !this.nodes.has(node.id));
    for (const node of nodes) this.nodes.set(node.id, node);
    const edges = data.edges.filter(
      (edge) => !this.edges.has(edge.id) && this.nodes.has(edge.source) && this.nodes.has(edge.target),
    );
    for (const edge of edges) this.edges.set(edge.id, edge);
    const added = { nodes, edges };
    if (paths) this.record({ added, removed: NOTHING, ...this.swap(paths) });
    else if (nodes.length + edges.length > 0) this.record({ added, removed: NOTHING });
    return added;
  }

  hide(id: string): void {
    const node = this.nodes.get(id);
    if (!node) return;
    const removed = { nodes: [node], edges: this.edgesOf(id) };
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

  /** Notes that a node was moved or pinned; it stands at its new place already. */
  moved(node: GraphNode, from: Place): void {
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

  isFadedNode(node: GraphNode | undefined): boolean {
    return this.faded.has(node?.type ?? "");
  }

  /** An edge steps back for what it says, for how firmly, and with what it leads to. */
  isFadedEdge(edge: GraphEdge): boolean {
    const ends = [this.nodes.get(edge.source), this.nodes.get(edge.target)];
    return this.faded.has(edge.predicate) || this.faded.has(edge.certainty) || ends.some((node) => this.isFadedNode(node));
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
    this.done.push(step);
    return true;
  }

  private place(id: string | undefined, where: Place | undefined): void {
    const node = this.nodes.get(id ?? "");
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

  /** How many nodes of each type are shown, most first. */
  counts(): [string, number][] {
    return tally([...this.nodes.values()].map((node) => node.type));
  }

  /** How many connections say what, and how firmly, most first. */
  linkCounts(): { predicates: [string, number][]; certainties: [string, number][] } {
    const edges = [...this.edges.values()];
    return { predicates: tally(edges.map((edge) => edge.predicate)), certainties: tally(edges.map((edge) => edge.certainty)) };
  }

  /** Makes a laid-out graph fit a window of another shape; steps that were done keep their places. */
  stretch(x: number, y: number): void {
    for (const node of this.nodes.values()) {
      node.x = Math.round(node.x * x);
      node.y = Math.round(node.y * y);
    }
  }

  /**
   * The view as query parameters: which nodes are shown and where, which the reader has pinned, what is faded,
   * which paths are shown, what is chosen, and of which data and how many connections, so that a later reader can be told what has changed.
   */
  toParameters(chosen: string, data: string): URLSearchParams {
    const parameters = new URLSearchParams();
    for (const node of this.nodes.values()) parameters.append("at", `${node.id}@${Math.round(node.x)},${Math.round(node.y)}`);
    for (const node of this.nodes.values()) if (node.pinned) parameters.append("pin", node.id);
    for (const type of this.faded) parameters.append("fade", type);
    if (this.nodes.has(chosen) || this.edges.has(chosen)) parameters.append("open", chosen);
    for (const end of this.paths?.ends ?? []) parameters.append("between", end);
    if (this.path > 0) parameters.append("path", String(this.path));
    parameters.append("links", String(this.edges.size));
    parameters.append("data", data);
    return parameters;
  }
}
