/** The window onto the graph. During a gesture the whole picture moves in it, drawn already; at its end it is drawn anew. */

import { select } from "d3-selection";
import { zoom, zoomIdentity, type ZoomBehavior, type ZoomTransform } from "d3-zoom";
import type { Look } from "./model";
import type { Point } from "./words";

/** Labels smaller than this part of their size cannot be read: who did not ask for the whole rather sees a part. */
const LEAST_FIT = 0.85;
const MOST_FIT = 1.3;
const EXTENT: [number, number] = [0.15, 4];

export class GraphWindow {
  readonly stage: HTMLDivElement;
  private readonly zoomer: ZoomBehavior<HTMLDivElement, unknown>;
  private committed: ZoomTransform = zoomIdentity;

  /** Args: looked: called when the reader has moved the window, not while it moves. */
  constructor(
    private readonly svg: SVGSVGElement,
    private readonly world: SVGGElement,
    looked: () => void,
  ) {
    this.stage = document.createElement("div");
    this.stage.className = "stage";
    svg.replaceWith(this.stage);
    this.stage.append(svg);
    this.zoomer = zoom<HTMLDivElement, unknown>()
      .scaleExtent(EXTENT)
      .clickDistance(6)
      .on("zoom", (event: { transform: ZoomTransform; sourceEvent: unknown }) => {
        if (event.sourceEvent) this.slide(event.transform);
        else this.commit(event.transform);
      })
      .on("end", (event: { transform: ZoomTransform }) => {
        const isMoved = event.transform.toString() !== this.committed.toString();
        this.commit(event.transform);
        if (isMoved) looked();
      });
    select(this.stage).call(this.zoomer).on("dblclick.zoom", null);
    // Paper has another width than the window, and shows all.
    window.addEventListener("beforeprint", () => {
      const { x, y, width, height } = svg.getBBox();
      svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
    });
    window.addEventListener("afterprint", () => svg.removeAttribute("viewBox"));
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

  /** What the window shows, rounded: for an address. */
  look(): Look {
    const { x, y, k } = this.committed;
    const { width, height } = this.stage.getBoundingClientRect();
    return { pan: [Math.round((width / 2 - x) / k), Math.round((height / 2 - y) / k)], zoom: Math.round(k * 100) / 100 };
  }

  /** Shows a point in the middle of the window. */
  lookAt({ pan: [x, y], zoom: scale }: Look): void {
    const { width, height } = this.stage.getBoundingClientRect();
    select(this.stage).call(this.zoomer.transform, zoomIdentity.translate(width / 2 - scale * x, height / 2 - scale * y).scale(scale));
  }

  /** Shows all points as large as they fit, or, where they would be too small to read, those around a centre. */
  fit(points: readonly Point[], centre: Point, isWhole: boolean): void {
    if (points.length === 0) return;
    const box = this.stage.getBoundingClientRect();
    const xs = points.map((point) => point.x);
    const ys = points.map((point) => point.y);
    const [left, right] = [Math.min(...xs) - 75, Math.max(...xs) + 75];
    const [top, bottom] = [Math.min(...ys) - 30, Math.max(...ys) + 70];
    const scale = Math.max(isWhole ? EXTENT[0] : LEAST_FIT, Math.min(MOST_FIT, box.width / (right - left), box.height / (bottom - top)));
    const holdsAll = scale * (right - left) <= box.width && scale * (bottom - top) <= box.height;
    const [x, y] = holdsAll ? [(left + right) / 2, (top + bottom) / 2] : [centre.x, centre.y];
    this.lookAt({ pan: [Math.round(x), Math.round(y)], zoom: Math.floor(scale * 100) / 100 });
  }

  /** Whether all points lie well inside of the window. */
  holds(points: readonly Point[]): boolean {
    const { x, y, k } = this.committed;
    const box = this.stage.getBoundingClientRect();
    return points.every((at) => k * at.x + x > 40 && k * at.x + x < box.width - 40 && k * at.y + y > 20 && k * at.y + y < box.height - 60);
  }

  /** Moves the window as little as brings a point well inside. */
  bring(point: Point): void {
    if (this.holds([point])) return;
    const { zoom: scale } = this.look();
    this.lookAt({ pan: [Math.round(point.x), Math.round(point.y)], zoom: scale });
  }

  zoomBy(factor: number): void {
    select(this.stage).call(this.zoomer.scaleBy, factor);
  }

  /** Whether the window is higher than wide. */
  isUpright(): boolean {
    const box = this.stage.getBoundingClientRect();
    return box.height > box.width;
  }
}
