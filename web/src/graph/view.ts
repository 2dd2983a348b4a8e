/** Draws a GraphModel as SVG: every node can be focused, every edge says what it states. */

import { drag } from "d3-drag";
import { select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior } from "d3-zoom";
import type { GraphEdge, GraphModel, GraphNode } from "./model";

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 16;

export interface ViewEvents {
  open(node: GraphNode): void;
  openEdge(edge: GraphEdge): void;
  moved(node: GraphNode): void;
}

function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function polygon(points: number, turn = 0): string {
  return Array.from({ length: points }, (_, i) => {
    const angle = (2 * Math.PI * i) / points + turn;
    return `${(RADIUS * Math.cos(angle)).toFixed(1)},${(RADIUS * Math.sin(angle)).toFixed(1)}`;
  }).join(" ");
}

/** One shape per type, so that colour never carries meaning alone. */
const SHAPES: Record<string, () => SVGElement> = {
  Drug: () => element("rect", { x: "-22", y: "-12", width: "44", height: "24", rx: "12" }),
  DrugClass: () => element("rect", { x: "-22", y: "-12", width: "44", height: "24", rx: "3" }),
  Target: () => element("polygon", { points: polygon(6) }),
  Complex: () => element("polygon", { points: polygon(8, Math.PI / 8) }),
  Pathway: () => element("polygon", { points: polygon(3, -Math.PI / 2) }),
  Process: () => element("rect", { x: "-15", y: "-15", width: "30", height: "30", rx: "4" }),
  JointCause: () => element("polygon", { points: polygon(4) }),
  Histotype: () => element("polygon", { points: polygon(5, -Math.PI / 2) }),
};

function shapeOf(type: string): SVGElement {
  return (SHAPES[type] ?? (() => element("circle", { r: String(RADIUS - 2) })))();
}

export function wrapLabel(label: string, width = 20): string[] {
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

export class GraphView {
  private readonly world: SVGGElement;
  private readonly zoomer: ZoomBehavior<SVGSVGElement, unknown>;

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly model: GraphModel,
    private readonly events: ViewEvents,
  ) {
    svg.replaceChildren();
    svg.append(this.markers());
    this.world = element("g", { class: "world" });
    svg.append(this.world);
    this.zoomer = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.2, 4])
      .on("zoom", (event: { transform: { toString(): string } }) => {
        this.world.setAttribute("transform", event.transform.toString());
      });
    select(svg).call(this.zoomer).on("dblclick.zoom", null);
    svg.addEventListener("keydown", (event) => this.key(event));
  }

  draw(): void {
    const focused = document.activeElement?.getAttribute("data-node");
    const edges = element("g", { class: "edges" });
    const nodes = element("g", { class: "nodes" });
    for (const edge of this.model.edges.values()) edges.append(this.edge(edge));
    for (const node of this.model.nodes.values()) nodes.append(this.node(node));
    this.world.replaceChildren(edges, nodes);
    if (focused) this.focus(focused);
  }

  focus(id: string): void {
    this.world.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`)?.focus();
  }

  fit(): void {
    const all = [...this.model.nodes.values()];
    if (all.length === 0) return;
    const box = this.svg.getBoundingClientRect();
    const xs = all.map((n) => n.x);
    const ys = all.map((n) => n.y);
    const [left, right] = [Math.min(...xs) - 90, Math.max(...xs) + 90];
    const [top, bottom] = [Math.min(...ys) - 60, Math.max(...ys) + 70];
    const scale = Math.min(1.4, box.width / (right - left), box.height / (bottom - top));
    const transform = zoomIdentity
      .translate(box.width / 2 - (scale * (left + right)) / 2, box.height / 2 - (scale * (top + bottom)) / 2)
      .scale(scale);
    select(this.svg).call(this.zoomer.transform, transform);
  }

  zoomBy(factor: number): void {
    select(this.svg).call(this.zoomer.scaleBy, factor);
  }

  private markers(): SVGDefsElement {
    const defs = element("defs", {});
    for (const [id, path] of [
      ["arrow", "M0,0 L8,4 L0,8 z"],
      ["bar", "M4,0 L8,0 L8,8 L4,8 z"],
      ["dot", "M1,4 a3,3 0 1,0 6,0 a3,3 0 1,0 -6,0"],
    ] as const) {
      const marker = element("marker", {
        id: `mark-${id}`, viewBox: "0 0 8 8", refX: "7", refY: "4", markerWidth: "9", markerHeight: "9", orient: "auto-start-reverse",
      });
      marker.append(element("path", { d: path, class: `mark ${id}` }));
      defs.append(marker);
    }
    return defs;
  }

  private node(node: GraphNode): SVGGElement {
    const degree = this.model.edgesOf(node.id).length;
    const group = element("g", {
      class: `node type-${node.type}`,
      transform: `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`,
      tabindex: "0",
      role: "button",
      "data-node": node.id,
      "aria-label": `${node.label}, ${node.type}, ${degree} shown connection${degree === 1 ? "" : "s"}`,
    });
    group.append(shapeOf(node.type));
    const text = element("text", { y: "30", "text-anchor": "middle" });
    wrapLabel(node.label).forEach((line, index) => {
      const span = element("tspan", { x: "0", dy: index === 0 ? "0" : "1.15em" });
      span.textContent = line;
      text.append(span);
    });
    group.append(text);
    group.addEventListener("click", () => this.events.open(node));
    let moved = false;
    const behaviour = drag<SVGGElement, unknown>()
      .clickDistance(4)
      .on("drag", (event: { dx: number; dy: number }) => {
        moved = true;
        node.x += event.dx;
        node.y += event.dy;
        group.setAttribute("transform", `translate(${node.x.toFixed(1)},${node.y.toFixed(1)})`);
        for (const edge of this.model.edgesOf(node.id)) this.redrawEdge(edge);
      })
      .on("end", () => {
        if (!moved) return;
        node.pinned = true;
        moved = false;
        this.events.moved(node);
      });
    select(group).call(behaviour);
    return group;
  }

  private edge(edge: GraphEdge): SVGGElement {
    const group = element("g", {
      class: `edge certainty-${edge.certainty}`,
      tabindex: "0",
      role: "button",
      "data-edge": edge.id,
      "aria-label": `${this.labelOf(edge.source)} ${edge.label} ${this.labelOf(edge.target)}, ${edge.certainty}`,
    });
    const mark = edge.sign === 1 ? "arrow" : edge.sign === -1 ? "bar" : "dot";
    const d = this.path(edge);
    group.append(element("path", { d, class: "hit" }));
    group.append(element("path", { d, class: "line", "marker-end": `url(#mark-${mark})` }));
    const label = element("text", { ...this.middle(edge), "text-anchor": "middle" });
    label.textContent = edge.label;
    group.append(label);
    group.addEventListener("click", () => this.events.openEdge(edge));
    return group;
  }

  private redrawEdge(edge: GraphEdge): void {
    const group = this.world.querySelector(`[data-edge="${CSS.escape(edge.id)}"]`);
    if (!group) return;
    const d = this.path(edge);
    group.querySelectorAll("path").forEach((path) => path.setAttribute("d", d));
    const middle = this.middle(edge);
    group.querySelector("text")?.setAttribute("x", middle.x);
    group.querySelector("text")?.setAttribute("y", middle.y);
  }

  private labelOf(id: string): string {
    return this.model.nodes.get(id)?.label ?? id;
  }

  /** Edges between the same two nodes fan out, so that each keeps its own line and label. */
  private bend(edge: GraphEdge): number {
    const siblings = [...this.model.edges.values()].filter(
      (other) =>
        (other.source === edge.source && other.target === edge.target) ||
        (other.source === edge.target && other.target === edge.source),
    );
    const place = siblings.findIndex((other) => other.id === edge.id) - (siblings.length - 1) / 2;
    return place * 34 * (edge.source < edge.target ? 1 : -1);
  }

  private ends(edge: GraphEdge): { ax: number; ay: number; bx: number; by: number; cx: number; cy: number } {
    const a = this.model.nodes.get(edge.source);
    const b = this.model.nodes.get(edge.target);
    if (!a || !b) return { ax: 0, ay: 0, bx: 0, by: 0, cx: 0, cy: 0 };
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
    const bend = this.bend(edge);
    const margin = Math.min(24, length / 3);
    return {
      ax: a.x + ux * margin, ay: a.y + uy * margin,
      bx: b.x - ux * (margin + 3), by: b.y - uy * (margin + 3),
      cx: (a.x + b.x) / 2 - uy * bend, cy: (a.y + b.y) / 2 + ux * bend,
    };
  }

  private path(edge: GraphEdge): string {
    const { ax, ay, bx, by, cx, cy } = this.ends(edge);
    return `M${ax.toFixed(1)},${ay.toFixed(1)} Q${cx.toFixed(1)},${cy.toFixed(1)} ${bx.toFixed(1)},${by.toFixed(1)}`;
  }

  private middle(edge: GraphEdge): { x: string; y: string } {
    const { ax, ay, bx, by, cx, cy } = this.ends(edge);
    return { x: ((ax + bx + 2 * cx) / 4).toFixed(1), y: ((ay + by + 2 * cy) / 4 - 4).toFixed(1) };
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    const node = this.model.nodes.get(target.getAttribute("data-node") ?? "");
    const edge = this.model.edges.get(target.getAttribute("data-edge") ?? "");
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (node) this.events.open(node);
      if (edge) this.events.openEdge(edge);
    } else if (node && event.key.startsWith("Arrow")) {
      const next = this.nearest(node, event.key);
      if (next) {
        event.preventDefault();
        this.focus(next.id);
      }
    }
  }

  /** The closest node in the direction of an arrow key. */
  private nearest(from: GraphNode, key: string): GraphNode | undefined {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    let best: GraphNode | undefined;
    let least = Infinity;
    for (const node of this.model.nodes.values()) {
      if (node === from) continue;
      const along = (node.x - from.x) * (dx ?? 0) + (node.y - from.y) * (dy ?? 0);
      if (along <= 0) continue;
      const across = Math.abs((node.x - from.x) * (dy ?? 0)) + Math.abs((node.y - from.y) * (dx ?? 0));
      const cost = along + 2 * across;
      if (cost < least) [best, least] = [node, cost];
    }
    return best;
  }
}
