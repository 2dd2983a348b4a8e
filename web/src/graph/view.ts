/** Draws a GraphModel as SVG: one tab stop leads in, arrow keys move on, every edge says what it states. */

import { drag } from "d3-drag";
import { select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import type { GraphEdge, GraphModel, GraphNode, Place } from "./model";
import { allMarks, element, markOf, shapeOf } from "./shapes";
import { placeWords, pointOn, type Box, type Curve } from "./words";

/** Labels smaller than this part of their size cannot be read: rather show a part of the graph. */
const LEAST_FIT = 0.85;
/** Up to so many edges all show their words; above that those in focus do. */
const WORDY = 30;
/** Up to so many edges their words are kept clear of things and of each other. */
const SORTED = 120;

export interface ViewEvents {
  open(node: GraphNode, byKey: boolean): void;
  openEdge(edge: GraphEdge, byKey: boolean): void;
  moved(node: GraphNode, from: Place): void;
  key(node: GraphNode | undefined, event: KeyboardEvent): void;
  typeName(type: string): string;
}

export function wrapLabel(label: string, width = 19): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of label.split(" ")) {
    if (line && line.length + word.length + 1 > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  return lines.length > 3 ? [...lines.slice(0, 2), `${lines[2]}…`] : lines;
}

/** What an edge says, and how often where it is said more than once. */
function wordsOf(edge: GraphEdge): string {
  return edge.statements.length > 1 ? `${edge.label} (${edge.statements.length})` : edge.label;
}

/** A thing and its name. */
function boxesOf({ x, y, label }: GraphNode): Box[] {
  const lines = wrapLabel(label);
  const half = Math.max(...lines.map((line) => line.length)) * 3.3;
  return [
    { left: x - 21, top: y - 17, right: x + 21, bottom: y + 17 },
    { left: x - half, top: y + 18, right: x + half, bottom: y + 20 + 14 * lines.length },
  ];
}

export class GraphView {
  private readonly world: SVGGElement;
  /** The window onto the graph. During a gesture the whole picture moves in it, drawn already; at its end the picture is drawn anew. */
  private readonly stage: HTMLDivElement;
  private readonly zoomer: ZoomBehavior<HTMLDivElement, unknown>;
  private committed: ZoomTransform = zoomIdentity;
  private readonly groups = new Map<string, SVGGElement>();
  private bends = new Map<string, number>();
  private spots = new Map<string, number | undefined>();
  private current = "";

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly model: GraphModel,
    private readonly events: ViewEvents,
  ) {
    svg.replaceChildren();
    svg.removeAttribute("viewBox");
    svg.append(this.markers());
    this.world = element("g", { class: "world" });
    svg.append(this.world);
    this.stage = document.createElement("div");
    this.stage.className = "stage";
    svg.replaceWith(this.stage);
    this.stage.append(svg);
    this.zoomer = zoom<HTMLDivElement, unknown>()
      .scaleExtent([0.15, 4])
      .clickDistance(6)
      .on("zoom", (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (event.sourceEvent) this.slide(event.transform);
        else this.commit(event.transform);
      })
      .on("end", (event: { transform: ZoomTransform }) => this.commit(event.transform));
    select(this.stage).call(this.zoomer).on("dblclick.zoom", null);
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("focusin", (event) => this.enter(event.target as Element));
    svg.addEventListener("focusout", () => this.emphasise(undefined));
  }

  private slide(to: ZoomTransform): void {
    const scale = to.k / this.committed.k;
    this.svg.style.willChange = "transform";
    this.svg.style.transform = `translate(${to.x - scale * this.committed.x}px, ${to.y - scale * this.committed.y}px) scale(${scale})`;
  }

  private commit(to: ZoomTransform): void {
    this.committed = to;
    this.world.setAttribute("transform", to.toString());
    this.svg.style.transform = "";
    this.svg.style.willChange = "";
  }

  draw(): void {
    const focused = document.activeElement?.getAttribute("data-node");
    this.bends = this.fanned();
    this.spots = this.free();
    this.groups.clear();
    const edges = element("g", { class: "edges" });
    const nodes = element("g", { class: "nodes" });
    for (const edge of this.model.edges.values()) edges.append(this.edge(edge));
    for (const node of this.model.nodes.values()) nodes.append(this.node(node));
    this.world.replaceChildren(edges, nodes);
    this.svg.classList.toggle("few", this.model.edges.size <= WORDY);
    this.svg.setAttribute("aria-label", `Graph of ${this.model.nodes.size} things; the list beside it holds the same. Arrow keys move, Enter opens.`);
    this.rove(this.model.nodes.has(this.current) ? this.current : [...this.model.nodes.keys()][0]);
    this.fade();
    if (focused) this.focus(focused);
  }

  /** What the reader has faded steps back. */
  fade(): void {
    for (const node of this.model.nodes.values()) this.groups.get(node.id)?.classList.toggle("faded", this.model.isFadedNode(node));
    for (const edge of this.model.edges.values()) this.groups.get(edge.id)?.classList.toggle("faded", this.model.isFadedEdge(edge));
  }

  focus(id: string): void {
    this.rove(id);
    this.groups.get(id)?.focus();
  }

  /** Marks what the panel speaks of. */
  choose(id: string): void {
    for (const [key, group] of this.groups) group.classList.toggle("chosen", key === id);
    this.emphasise(this.model.nodes.has(id) ? id : undefined);
  }

  /** Things and edges that stand out; the others step back. */
  trace(ids: ReadonlySet<string> | undefined): void {
    this.svg.classList.toggle("tracing", ids !== undefined);
    this.svg.classList.toggle("picked", ids !== undefined && this.model.path > 0);
    for (const [key, group] of this.groups) group.classList.toggle("traced", ids?.has(key) ?? false);
  }

  fit(): void {
    const all = [...this.model.nodes.values()];
    if (all.length === 0) return;
    const box = this.stage.getBoundingClientRect();
    const xs = all.map((n) => n.x);
    const ys = all.map((n) => n.y);
    const [left, right] = [Math.min(...xs) - 75, Math.max(...xs) + 75];
    const [top, bottom] = [Math.min(...ys) - 30, Math.max(...ys) + 70];
    const scale = Math.max(LEAST_FIT, Math.min(1.3, box.width / (right - left), box.height / (bottom - top)));
    const isWhole = scale * (right - left) <= box.width && scale * (bottom - top) <= box.height;
    const centre = isWhole ? { x: (left + right) / 2, y: (top + bottom) / 2 } : this.busiest();
    const transform = zoomIdentity.translate(box.width / 2 - scale * centre.x, box.height / 2 - scale * centre.y).scale(scale);
    select(this.stage).call(this.zoomer.transform, transform);
  }

  /** Shows some nodes; a window that holds them already stays as it is. */
  reveal(nodes: readonly GraphNode[]): void {
    const { x, y, k } = this.committed;
    const box = this.stage.getBoundingClientRect();
    const isInside = (node: GraphNode): boolean =>
      k * node.x + x > 40 && k * node.x + x < box.width - 40 && k * node.y + y > 20 && k * node.y + y < box.height - 60;
    if (!nodes.every(isInside)) this.fit();
  }

  /** Whether the window is higher than wide. */
  isUpright(): boolean {
    const box = this.stage.getBoundingClientRect();
    return box.height > box.width;
  }

  /** What is chosen, or else the node with the most edges: the part of a large graph to look at first. */
  private busiest(): GraphNode {
    const chosen = this.model.nodes.get(this.world.querySelector(".node.chosen")?.getAttribute("data-node") ?? "");
    const all = [...this.model.nodes.values()];
    return chosen ?? all.reduce((most, node) => (this.model.edgesOf(node.id).length > this.model.edgesOf(most.id).length ? node : most));
  }

  zoomBy(factor: number): void {
    select(this.stage).call(this.zoomer.scaleBy, factor);
  }

  private markers(): SVGDefsElement {
    const defs = element("defs", {});
    defs.append(...allMarks());
    for (const [id, path] of [
      ["arrow", "M0,0 L8,4 L0,8 z"],
      ["bar", "M4,-1 L7,-1 L7,9 L4,9 z"],
      ["dot", "M1,4 a3,3 0 1,0 6,0 a3,3 0 1,0 -6,0"],
    ] as const) {
      const marker = element("marker", {
        id: `mark-${id}`, class: `mark-${id}`, viewBox: "0 -1 8 10", refX: "7", refY: "4", markerWidth: "9", markerHeight: "11", markerUnits: "userSpaceOnUse", orient: "auto",
      });
      marker.append(element("path", { d: path }));
      defs.append(marker);
    }
    return defs;
  }

  private node(node: GraphNode): SVGGElement {
    const degree = this.model.edgesOf(node.id).length;
    const lines = wrapLabel(node.label);
    const name = lines.join(" ") === node.label ? node.label : `${lines.join(" ")}, ${node.label}`;
    const group = element("g", {
      class: `node type-${node.type}${node.pinned ? " pinned" : ""}`,
      transform: `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`,
      tabindex: "-1", role: "button", "data-node": node.id,
      "aria-label": `${name}, ${this.events.typeName(node.type)}, ${degree} connection${degree === 1 ? "" : "s"} shown${node.pinned ? ", pinned" : ""}`,
    });
    group.append(shapeOf(node.type), ...markOf(node.type));
    const text = element("text", { class: "name", y: "29", "text-anchor": "middle" });
    lines.forEach((line, index) => {
      const span = element("tspan", { x: "0", dy: index === 0 ? "0" : "1.15em" });
      span.textContent = `${line} `;
      text.append(span);
    });
    group.append(text);
    group.addEventListener("click", () => this.events.open(node, false));
    group.addEventListener("pointerenter", () => this.emphasise(node.id));
    group.addEventListener("pointerleave", () => this.emphasise(undefined));
    let from: Place | undefined;
    const behaviour = drag<SVGGElement, unknown>()
      .clickDistance(5)
      .container(() => this.world as SVGGElement)
      .on("drag", (event: { dx: number; dy: number }) => {
        from ??= { x: node.x, y: node.y, pinned: node.pinned };
        node.x += event.dx;
        node.y += event.dy;
        group.setAttribute("transform", `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`);
        for (const edge of this.model.edgesOf(node.id)) this.redraw(edge);
      })
      .on("end", () => {
        if (!from) return;
        node.pinned = true;
        group.classList.add("pinned");
        this.events.moved(node, from);
        from = undefined;
      });
    select(group).call(behaviour);
    this.groups.set(node.id, group);
    return group;
  }

  private edge(edge: GraphEdge): SVGGElement {
    const mark = edge.sign === 1 ? "arrow" : edge.sign === -1 ? "bar" : "dot";
    const group = element("g", {
      class: `edge mark-${mark} certainty-${edge.certainty}${this.spots.has(edge.id) && this.spots.get(edge.id) === undefined ? " wordless" : ""}`, tabindex: "-1", role: "button", "data-edge": edge.id,
      "aria-label": `${wordsOf(edge)}: ${edge.sentence}, ${edge.certainty}`,
    });
    group.style.setProperty("--width", String(1.3 + Math.log2(Math.max(edge.statements.length, 1)) / 2));
    const d = this.path(edge);
    group.append(element("path", { d, class: "hit" }), element("path", { d, class: "line", "marker-end": `url(#mark-${mark})` }));
    const label = element("text", { ...this.middle(edge), "text-anchor": "middle" });
    label.textContent = wordsOf(edge);
    group.append(label);
    group.addEventListener("click", () => this.events.openEdge(edge, false));
    this.groups.set(edge.id, group);
    return group;
  }

  private redraw(edge: GraphEdge): void {
    const group = this.groups.get(edge.id);
    const d = this.path(edge);
    group?.querySelectorAll("path").forEach((path) => path.setAttribute("d", d));
    for (const [name, value] of Object.entries(this.middle(edge))) group?.querySelector("text")?.setAttribute(name, value);
  }

  /** Edges between the same two nodes fan out, so that each keeps its own line and label. */
  private fanned(): Map<string, number> {
    const pairs = new Map<string, GraphEdge[]>();
    for (const edge of this.model.edges.values()) {
      const key = edge.source < edge.target ? `${edge.source}|${edge.target}` : `${edge.target}|${edge.source}`;
      const group = pairs.get(key);
      if (group) group.push(edge);
      else pairs.set(key, [edge]);
    }
    const bends = new Map<string, number>();
    for (const group of pairs.values()) {
      group.forEach((edge, place) => {
        bends.set(edge.id, (place - (group.length - 1) / 2) * 40 * (edge.source < edge.target ? 1 : -1));
      });
    }
    return bends;
  }

  /** Where on its line the words of each edge stand; undefined where they have no room. */
  private free(): Map<string, number | undefined> {
    const edges = [...this.model.edges.values()];
    if (edges.length > SORTED) return new Map();
    const places = placeWords(edges.map((edge) => ({ curve: this.ends(edge), words: wordsOf(edge) })), [...this.model.nodes.values()].flatMap(boxesOf));
    return new Map(edges.map((edge, index) => [edge.id, places[index]]));
  }

  private ends(edge: GraphEdge): Curve {
    const a = this.model.nodes.get(edge.source);
    const b = this.model.nodes.get(edge.target);
    if (!a || !b) return { ax: 0, ay: 0, bx: 0, by: 0, cx: 0, cy: 0 };
    const bend = this.bends.get(edge.id) ?? 0;
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
    const [cx, cy] = [(a.x + b.x) / 2 - uy * bend, (a.y + b.y) / 2 + ux * bend];
    const toward = (n: GraphNode): [number, number] => {
      const far = Math.hypot(cx - n.x, cy - n.y) || 1;
      // A line from below must not end in the label, nor one from the side in a wide box.
      const below = cy - n.y > 0.55 * far;
      const margin = Math.min(below ? 24 + 13 * wrapLabel(n.label).length : 24, far / 2);
      return [n.x + ((cx - n.x) / far) * margin, n.y + ((cy - n.y) / far) * margin];
    };
    const [ax, ay] = toward(a);
    const [bx, by] = toward(b);
    return { ax, ay, bx, by, cx, cy };
  }

  private path(edge: GraphEdge): string {
    const { ax, ay, bx, by, cx, cy } = this.ends(edge);
    return `M${ax.toFixed(1)},${ay.toFixed(1)} Q${cx.toFixed(1)},${cy.toFixed(1)} ${bx.toFixed(1)},${by.toFixed(1)}`;
  }

  private middle(edge: GraphEdge): { x: string; y: string } {
    const { x, y } = pointOn(this.ends(edge), this.spots.get(edge.id) ?? 0.5);
    return { x: x.toFixed(1), y: (y + 3).toFixed(1) };
  }

  private rove(id: string | undefined): void {
    this.groups.get(this.current)?.setAttribute("tabindex", "-1");
    this.current = id ?? "";
    this.groups.get(this.current)?.setAttribute("tabindex", "0");
  }

  private enter(target: Element): void {
    const id = target.getAttribute("data-node");
    if (id === null) return;
    this.rove(id);
    this.emphasise(id);
  }

  /** Shows the words on a node's edges, and lets the others step back. */
  private emphasise(id: string | undefined): void {
    const shown = id ?? this.world.querySelector(".node.chosen")?.getAttribute("data-node") ?? undefined;
    this.svg.classList.toggle("focused", shown !== undefined && this.model.edges.size > WORDY);
    for (const edge of this.model.edges.values()) {
      this.groups.get(edge.id)?.classList.toggle("near", edge.source === shown || edge.target === shown);
    }
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    const edge = this.model.edges.get(target.getAttribute("data-edge") ?? "");
    const node = this.model.nodes.get(target.getAttribute("data-node") ?? (edge ? this.current : ""));
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (edge) this.events.openEdge(edge, true);
      else if (node) this.events.open(node, true);
    } else if (node && event.key.startsWith("Arrow")) {
      event.preventDefault();
      const next = this.nearest(node, event.key);
      this.focus((next ?? node).id);
    } else if (node && (event.key === "[" || event.key === "]")) {
      const own = this.model.edgesOf(node.id);
      const place = edge ? own.indexOf(edge) : event.key === "]" ? -1 : 0;
      const next = own[(place + (event.key === "]" ? 1 : -1) + own.length) % own.length];
      if (next) this.groups.get(next.id)?.focus();
    } else {
      this.events.key(node, event);
    }
  }

  /** The closest node in the direction of an arrow key. */
  private nearest(from: GraphNode, key: string): GraphNode | undefined {
    const [dx = 0, dy = 0] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [];
    let best: GraphNode | undefined;
    let least = Infinity;
    for (const node of this.model.nodes.values()) {
      if (node === from) continue;
      const along = (node.x - from.x) * dx + (node.y - from.y) * dy;
      if (along <= 0) continue;
      const across = Math.abs((node.x - from.x) * dy) + Math.abs((node.y - from.y) * dx);
      const cost = along + 2 * across;
      if (cost < least) [best, least] = [node, cost];
    }
    return best;
  }
}
