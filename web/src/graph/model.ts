/** The graph on screen, as plain data: what is shown, how it got there, and how to take a step back. */

export interface GraphNode {
  id: string; // CURIE
  type: string;
  label: string;
  x: number;
  y: number;
  pinned: boolean;
}

export interface GraphEdge {
  id: string; // statement CURIEs joined; one drawn edge may stand for several statements
  source: string;
  target: string;
  predicate: string;
  label: string;
  sign: number | null;
  certainty: string;
  statements: string[];
}

export interface GraphData {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

type Step = { kind: "add"; nodes: string[]; edges: string[] } | { kind: "hide"; data: GraphData };

export class GraphModel {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  private readonly steps: Step[] = [];

  constructor(data: GraphData) {
    for (const node of data.nodes) this.nodes.set(node.id, node);
    for (const edge of data.edges) this.edges.set(edge.id, edge);
  }

  /** Adds what is not there yet, as one step that can be undone. Returns what was new. */
  add(data: GraphData): GraphData {
    const nodes = data.nodes.filter((node) => !this.nodes.has(node.id));
    for (const node of nodes) this.nodes.set(node.id, node);
    const edges = data.edges.filter(
      (edge) => !this.edges.has(edge.id) && this.nodes.has(edge.source) && this.nodes.has(edge.target),
    );
    for (const edge of edges) this.edges.set(edge.id, edge);
    if (nodes.length + edges.length > 0) {
      this.steps.push({ kind: "add", nodes: nodes.map((n) => n.id), edges: edges.map((e) => e.id) });
    }
    return { nodes, edges };
  }

  hide(id: string): void {
    const node = this.nodes.get(id);
    if (!node) return;
    const edges = this.edgesOf(id);
    for (const edge of edges) this.edges.delete(edge.id);
    this.nodes.delete(id);
    this.steps.push({ kind: "hide", data: { nodes: [node], edges } });
  }

  /** Takes the last step back; false when there is nothing to take back. */
  undo(): boolean {
    const step = this.steps.pop();
    if (!step) return false;
    if (step.kind === "add") {
      for (const id of step.edges) this.edges.delete(id);
      for (const id of step.nodes) this.nodes.delete(id);
    } else {
      for (const node of step.data.nodes) this.nodes.set(node.id, node);
      for (const edge of step.data.edges) this.edges.set(edge.id, edge);
    }
    return true;
  }

  canUndo(): boolean {
    return this.steps.length > 0;
  }

  edgesOf(id: string): GraphEdge[] {
    return [...this.edges.values()].filter((edge) => edge.source === id || edge.target === id);
  }

  /** The view as query parameters: which nodes are shown, and where the reader put them. */
  toParameters(): URLSearchParams {
    const parameters = new URLSearchParams();
    for (const node of this.nodes.values()) parameters.append("node", node.id);
    for (const node of this.nodes.values()) {
      if (node.pinned) parameters.append("pin", `${node.id}@${Math.round(node.x)},${Math.round(node.y)}`);
    }
    return parameters;
  }
}
