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

/** What the page hands over: a graph, and how the reader left it. */
export interface SavedView extends GraphData {
  faded: string[];
  chosen: string;
  laid: boolean; // whether all places come from the layout
}

export interface Place {
  x: number;
  y: number;
  pinned: boolean;
}

/** One thing the reader did: what it added, took away, and moved (from where, to where). */
interface Step {
  added: GraphData;
  removed: GraphData;
  moved?: { id: string; from: Place; to: Place };
}

const NOTHING: GraphData = { nodes: [], edges: [] };

export class GraphModel {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  /** Types whose nodes are faded. */
  readonly faded = new Set<string>();
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

  /** Adds what is not there yet, as one step that can be undone. Returns what was new. */
  add(data: GraphData): GraphData {
    const nodes = data.nodes.filter((node) => !this.nodes.has(node.id));
    for (const node of nodes) this.nodes.set(node.id, node);
    const edges = data.edges.filter(
      (edge) => !this.edges.has(edge.id) && this.nodes.has(edge.source) && this.nodes.has(edge.target),
    );
    for (const edge of edges) this.edges.set(edge.id, edge);
    const added = { nodes, edges };
    if (nodes.length + edges.length > 0) this.record({ added, removed: NOTHING });
    return added;
  }

  hide(id: string): void {
    const node = this.nodes.get(id);
    if (!node) return;
    const removed = { nodes: [node], edges: this.edgesOf(id) };
    this.take(removed);
    this.record({ added: NOTHING, removed });
  }

  /** Notes that a node was moved or pinned; it stands at its new place already. */
  moved(node: GraphNode, from: Place): void {
    this.record({ added: NOTHING, removed: NOTHING, moved: { id: node.id, from, to: { x: node.x, y: node.y, pinned: node.pinned } } });
  }

  /** Takes the last step back; false when there is nothing to take back. */
  undo(): boolean {
    const step = this.done.pop();
    if (!step) return false;
    this.take(step.added);
    this.put(step.removed);
    this.place(step.moved?.id, step.moved?.from);
    this.undone.push(step);
    return true;
  }

  redo(): boolean {
    const step = this.undone.pop();
    if (!step) return false;
    this.take(step.removed);
    this.put(step.added);
    this.place(step.moved?.id, step.moved?.to);
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

  edgesOf(id: string): GraphEdge[] {
    return [...this.edges.values()].filter((edge) => edge.source === id || edge.target === id);
  }

  /** How many nodes of each type are shown, most first. */
  counts(): [string, number][] {
    const found = new Map<string, number>();
    for (const node of this.nodes.values()) found.set(node.type, (found.get(node.type) ?? 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
  }

  /** Makes a laid-out graph fit a window of another shape; steps that were done keep their places. */
  stretch(x: number, y: number): void {
    for (const node of this.nodes.values()) {
      node.x = Math.round(node.x * x);
      node.y = Math.round(node.y * y);
    }
  }

  /**
   * The view as query parameters: which nodes are shown and where, which the reader has pinned, which types are faded,
   * what is chosen, and of which data and how many connections, so that a later reader can be told what has changed.
   */
  toParameters(chosen: string, data: string): URLSearchParams {
    const parameters = new URLSearchParams();
    for (const node of this.nodes.values()) parameters.append("at", `${node.id}@${Math.round(node.x)},${Math.round(node.y)}`);
    for (const node of this.nodes.values()) if (node.pinned) parameters.append("pin", node.id);
    for (const type of this.faded) parameters.append("fade", type);
    if (this.nodes.has(chosen) || this.edges.has(chosen)) parameters.append("open", chosen);
    parameters.append("links", String(this.edges.size));
    parameters.append("data", data);
    return parameters;
  }
}
