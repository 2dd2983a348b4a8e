/** Draws a GraphModel as SVG: one tab stop leads in, arrow keys move on, every edge says what it states. */

import { drag } from "d3-drag";
import { select } from "d3-selection";
import { curveBetween, fanned, pathOf } from "./curves";
import { filteredOut, independentSources } from "./facets";
import { boxesOf, boxOfRest, wordsOf, wrapLabel } from "./labels";
import type { GraphEdge, GraphModel, GraphNode, GraphRest, Look, Place } from "./model";
import { element, markOf, shapeOf } from "./shapes";
import { nearest } from "./ways";
import { GraphWindow } from "./window";
import { placeWords, pointOn, type Curve } from "./words";

/** Below so many edges all show their words; from that on those in focus do. */
const WORDY = 30;
/** Up to so many edges their words are kept clear of things and of each other. */
const SORTED = 120;
const NOWHERE = { x: 0, y: 0, label: "" };

export interface ViewEvents {
  open(node: GraphNode, byKey: boolean): void;
  openEdge(edge: GraphEdge, byKey: boolean): void;
  openRest(rest: GraphRest, byKey: boolean): void;
  moved(node: GraphNode | GraphRest, from: Place): void;
  /** The reader has moved the window. */
  looked(): void;
  key(node: GraphNode | GraphRest | undefined, event: KeyboardEvent): void;
  typeName(type: string): string;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
const isRest = (one: GraphNode | GraphRest): one is GraphRest => "items" in one;

export class GraphView {
  private readonly world = element("g", { class: "world" });
  private readonly window: GraphWindow;
  private readonly groups = new Map<string, SVGGElement>();
  private bends = new Map<string, number>();
  private spots = new Map<string, number | undefined>();
  private out: ReadonlySet<string> = new Set();
  private current = "";

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly model: GraphModel,
    private readonly events: ViewEvents,
  ) {
    svg.replaceChildren(...svg.querySelectorAll("defs"), this.world);
    svg.removeAttribute("viewBox");
    this.window = new GraphWindow(svg, this.world, () => events.looked());
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("focusin", (event) => this.enter(event.target as Element));
    svg.addEventListener("focusout", () => this.emphasise(undefined));
  }

  /** Where messages may lie over the picture. */
  get stage(): HTMLElement {
    return this.window.stage;
  }

  draw(): void {
    const focused = document.activeElement?.getAttribute("data-node");
    this.bends = fanned(this.sorted());
    this.spots = this.free();
    this.groups.clear();
    const edges = element("g", { class: "edges" });
    const nodes = element("g", { class: "nodes" });
    const degrees = this.degrees();
    const rests = this.model.shownRests();
    for (const edge of this.model.edges.values()) edges.append(this.edge(edge));
    for (const rest of rests) edges.append(this.tie(rest));
    for (const node of this.model.nodes.values()) nodes.append(this.node(node, degrees.get(node.id) ?? 0));
    for (const rest of rests) nodes.append(this.rest(rest));
    this.world.replaceChildren(edges, nodes);
    this.svg.classList.toggle("few", this.model.edges.size < WORDY);
    this.svg.setAttribute("aria-label", `Graph of ${plural(this.model.nodes.size, "thing")}; the list beside it holds the same. Arrow keys move, Enter opens.`);
    this.fade();
    if (focused) this.focus(focused);
  }

  /** What is filtered out steps back, or goes off the picture. */
  fade(): void {
    this.out = filteredOut(this.model);
    for (const [id, group] of this.groups) group.classList.toggle("faded", this.out.has(id));
    for (const tie of this.world.querySelectorAll<SVGElement>(".tie")) tie.classList.toggle("faded", this.out.has(tie.dataset["tie"] ?? ""));
    this.svg.classList.toggle("hiding", this.model.hides);
    const seen = this.seen();
    this.rove(seen.some((one) => one.id === this.current) ? this.current : seen[0]?.id);
  }

  /** Things and each "+n more" that are on the picture. */
  private seen(): (GraphNode | GraphRest)[] {
    const all = [...this.model.nodes.values(), ...this.model.shownRests()];
    return this.model.hides ? all.filter((one) => !this.out.has(one.id)) : all;
  }

  focus(id: string): void {
    const at = this.model.nodes.get(id) ?? this.model.rests.get(id);
    if (!at || !this.groups.has(id)) return;
    this.rove(id);
    this.bring(at);
    this.groups.get(id)?.focus({ preventScroll: true });
  }

  private bring(at: { x: number; y: number }): void {
    if (this.window.holds([at])) return;
    this.window.bring(at);
    this.events.looked();
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

  /** Args: isWhole: everything, however small. */
  fit(isWhole = false): void {
    const seen = this.seen();
    this.window.fit(seen, this.busiest(seen) ?? NOWHERE, isWhole);
  }

  /** Shows some nodes; a window that holds them already stays as it is. */
  reveal(nodes: readonly (GraphNode | GraphRest)[]): void {
    if (!this.window.holds(nodes)) this.fit();
  }

  look(): Look {
    return this.window.look();
  }

  lookAt(look: Look): void {
    this.window.lookAt(look);
  }

  zoomBy(factor: number): void {
    this.window.zoomBy(factor);
    this.events.looked();
  }

  isUpright(): boolean {
    return this.window.isUpright();
  }

  /** What is chosen, or else the node with the most edges: the part of a large graph to look at first. */
  private busiest(seen: readonly (GraphNode | GraphRest)[]): GraphNode | GraphRest | undefined {
    const chosen = this.model.nodes.get(this.world.querySelector(".node.chosen")?.getAttribute("data-node") ?? "");
    const degrees = this.degrees();
    const degree = (one: GraphNode | GraphRest | undefined): number => degrees.get(one?.id ?? "") ?? 0;
    return chosen ?? seen.reduce<GraphNode | GraphRest | undefined>((most, one) => (most && degree(most) >= degree(one) ? most : one), undefined);
  }

  private degrees(): Map<string, number> {
    const found = new Map<string, number>();
    for (const edge of this.model.edges.values()) for (const end of [edge.source, edge.target]) found.set(end, (found.get(end) ?? 0) + 1);
    return found;
  }

  private node(node: GraphNode, degree: number): SVGGElement {
    const lines = wrapLabel(node.label);
    const name = lines.join(" ") === node.label ? node.label : `${lines.join(" ")}, ${node.label}`;
    const group = this.group(node, `type-${node.type}${node.pinned ? " pinned" : ""}`, `${name}, ${this.events.typeName(node.type)}, ${plural(degree, "connection")} shown${node.pinned ? ", pinned" : ""}`);
    group.append(shapeOf(node.type), ...markOf(node.type));
    const text = element("text", { class: "name", y: "29", "text-anchor": "middle" });
    lines.forEach((line, index) => {
      const span = element("tspan", { x: "0", dy: index === 0 ? "0" : "1.15em" });
      span.textContent = `${line} `;
      text.append(span);
    });
    group.append(text, target(lines.length));
    group.addEventListener("click", () => this.events.open(node, false));
    group.addEventListener("pointerenter", () => this.emphasise(node.id));
    group.addEventListener("pointerleave", () => this.emphasise(undefined));
    return group;
  }

  /** The "+n more" beside a thing. */
  private rest(rest: GraphRest): SVGGElement {
    const left = this.model.left(rest);
    const group = this.group(rest, "more", `+${left} more, ${this.model.nodes.get(rest.node)?.label ?? ""} ${rest.label} them; opens their list`);
    const text = element("text", { y: "4", "text-anchor": "middle" });
    text.textContent = `+${left}`;
    const under = element("text", { class: "under", y: "29", "text-anchor": "middle" });
    under.textContent = " more";
    group.append(element("circle", { r: "16" }), text, under, target(1));
    group.addEventListener("click", () => this.events.openRest(rest, false));
    return group;
  }

  /** A part that can be reached and moved. */
  private group(one: GraphNode | GraphRest, kind: string, name: string): SVGGElement {
    const at = (): string => `translate(${one.x.toFixed(1)},${one.y.toFixed(1)})`;
    const group = element("g", { class: `node ${kind}`, transform: at(), tabindex: "-1", role: "button", "data-node": one.id, "aria-label": name });
    let from: Place | undefined;
    const behaviour = drag<SVGGElement, unknown>()
      .clickDistance(5)
      .container(() => this.world as SVGGElement)
      .on("drag", (event: { dx: number; dy: number }) => {
        from ??= { x: one.x, y: one.y, pinned: one.pinned };
        one.x += event.dx;
        one.y += event.dy;
        group.setAttribute("transform", at());
        this.follow(one);
      })
      .on("end", () => {
        if (!from) return;
        one.pinned = !isRest(one);
        group.classList.toggle("pinned", one.pinned);
        this.events.moved(one, from);
        group.setAttribute("transform", at());
        this.follow(one);
        from = undefined;
      });
    select(group).call(behaviour);
    this.groups.set(one.id, group);
    return group;
  }

  private edge(edge: GraphEdge): SVGGElement {
    const mark = edge.sign === 1 ? "arrow" : edge.sign === -1 ? "bar" : "dot";
    const sources = independentSources(edge);
    const group = element("g", {
      class: `edge mark-${mark} certainty-${edge.certainty}${this.spots.has(edge.id) && this.spots.get(edge.id) === undefined ? " wordless" : ""}`, tabindex: "-1", role: "button", "data-edge": edge.id,
      "aria-label": `${wordsOf(edge)}: ${edge.sentence}, ${edge.certainty}${sources > 1 ? `, ${sources} sources` : ""}`,
    });
    group.style.setProperty("--width", String(1.3 + Math.log2(sources)));
    const d = pathOf(this.curve(edge));
    group.append(element("path", { d, class: "hit" }), element("path", { d, class: "line", "marker-end": `url(#mark-${mark})` }));
    const label = element("text", { ...this.middle(edge), "text-anchor": "middle" });
    label.textContent = wordsOf(edge);
    group.append(label);
    group.addEventListener("click", () => this.events.openEdge(edge, false));
    this.groups.set(edge.id, group);
    return group;
  }

  /** The line from a thing to its "+n more". */
  private tie(rest: GraphRest): SVGPathElement {
    return element("path", { class: "tie", "data-tie": rest.id, d: pathOf(this.tieCurve(rest)) });
  }

  private tieCurve(rest: GraphRest): Curve {
    return curveBetween(this.model.nodes.get(rest.node) ?? NOWHERE, { ...rest, label: "" }, 0);
  }

  /** The lines of what is being moved come along. */
  private follow(one: GraphNode | GraphRest): void {
    for (const edge of isRest(one) ? [] : this.model.edgesOf(one.id)) {
      const group = this.groups.get(edge.id);
      const d = pathOf(this.curve(edge));
      group?.querySelectorAll("path").forEach((path) => path.setAttribute("d", d));
      for (const [name, value] of Object.entries(this.middle(edge))) group?.querySelector("text")?.setAttribute(name, value);
    }
    for (const tie of this.world.querySelectorAll<SVGPathElement>(".tie")) {
      const rest = this.model.rests.get(tie.dataset["tie"] ?? "");
      if (rest && (rest === one || rest.node === one.id)) tie.setAttribute("d", pathOf(this.tieCurve(rest)));
    }
  }

  /** Edges in an order that does not depend on what was added when: a view comes back with the same lines. */
  private sorted(): GraphEdge[] {
    return [...this.model.edges.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** Where on its line the words of each edge stand; undefined where they have no room. */
  private free(): Map<string, number | undefined> {
    const edges = this.sorted();
    if (edges.length > SORTED) return new Map();
    const taken = [...[...this.model.nodes.values()].flatMap(boxesOf), ...this.model.shownRests().map(boxOfRest)];
    const places = placeWords(edges.map((edge) => ({ curve: this.curve(edge), words: wordsOf(edge) })), taken);
    return new Map(edges.map((edge, index) => [edge.id, places[index]]));
  }

  private curve(edge: GraphEdge): Curve {
    const [a, b] = [this.model.nodes.get(edge.source), this.model.nodes.get(edge.target)];
    return curveBetween(a ?? NOWHERE, b ?? NOWHERE, this.bends.get(edge.id) ?? 0);
  }

  private middle(edge: GraphEdge): { x: string; y: string } {
    const { x, y } = pointOn(this.curve(edge), this.spots.get(edge.id) ?? 0.5);
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
    this.svg.classList.toggle("focused", shown !== undefined && this.model.edges.size >= WORDY);
    for (const edge of this.model.edges.values()) {
      this.groups.get(edge.id)?.classList.toggle("near", edge.source === shown || edge.target === shown);
    }
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as Element;
    const edge = this.model.edges.get(target.getAttribute("data-edge") ?? "");
    const id = target.getAttribute("data-node") ?? (edge ? this.current : "");
    const node = this.model.nodes.get(id) ?? this.model.rests.get(id);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (edge) this.events.openEdge(edge, true);
      else if (node && isRest(node)) this.events.openRest(node, true);
      else if (node) this.events.open(node, true);
    } else if (node && event.key.startsWith("Arrow")) {
      event.preventDefault();
      this.focus((nearest(node, this.seen(), event.key) ?? node).id);
    } else if (node && (event.key === "[" || event.key === "]")) {
      this.walk(node, edge, event.key === "]" ? 1 : -1);
    } else {
      this.events.key(node, event);
    }
  }

  /** Goes on to the next edge of a node, or back. */
  private walk(node: GraphNode | GraphRest, edge: GraphEdge | undefined, by: 1 | -1): void {
    const own = this.model.edgesOf(node.id).filter((each) => !this.model.hides || !this.out.has(each.id));
    const place = edge ? own.indexOf(edge) : by === 1 ? -1 : 0;
    const next = own[(place + by + own.length) % own.length];
    if (!next) return;
    const { x, y } = pointOn(this.curve(next), 0.5);
    this.bring({ x, y });
    this.groups.get(next.id)?.focus({ preventScroll: true });
  }
}

/** Room for a finger, from the shape down to the end of the name. */
function target(lines: number): SVGRectElement {
  return element("rect", { class: "target", x: "-22", y: "-18", width: "44", height: String(42 + 13 * lines) });
}
