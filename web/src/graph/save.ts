/** The picture and what it shows as files. */

import type { Drawn } from "../files";
import type { GraphModel } from "./model";
import { element, markOf } from "./shapes";

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "visibility", "font-family", "font-size", "font-weight"];

/** The whole graph as it looks now, with its colours written into it. */
export function svgText(svg: SVGSVGElement, model: GraphModel, source: string, legend: Element): Drawn {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const before = svg.querySelectorAll<SVGElement>("*");
  const unseen = copy.querySelectorAll(model.hides ? ".target, .faded" : ".target");
  copy.querySelectorAll<SVGElement>("*").forEach((part, place) => {
    const original = before[place];
    if (original) dress(part, original);
    for (const name of ["tabindex", "role", "class", "data-node", "data-edge", "data-tie"]) part.removeAttribute(name);
  });
  unseen.forEach((part) => part.remove());
  copy.querySelector("g")?.removeAttribute("transform");
  const drawn = [...model.nodes.values(), ...model.shownRests()];
  const xs = drawn.map((node) => node.x);
  const ys = drawn.map((node) => node.y);
  const [left, top] = [Math.min(...xs) - 90, Math.min(...ys) - 40];
  const width = Math.round(Math.max(...xs) + 90 - left);
  const bottom = Math.round(Math.max(...ys) + 90);
  const key = keyOf(legend, left + 24, bottom);
  const height = bottom + key.height + 30 - top;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("viewBox", `${left} ${top} ${width} ${height}`);
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  for (const name of ["class", "id", "role", "style"]) copy.removeAttribute(name);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: left, y: top, width, height, fill: getComputedStyle(svg.parentElement ?? svg).backgroundColor })) ground.setAttribute(name, String(value));
  const note = document.createElementNS("http://www.w3.org/2000/svg", "text");
  for (const [name, value] of Object.entries({ x: left + 8, y: top + height - 8, "font-size": 11, "font-family": "sans-serif", fill: getComputedStyle(svg).color })) note.setAttribute(name, String(value));
  note.textContent = source;
  copy.prepend(ground);
  copy.append(key.group, note);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

/** Writes a part's colours and lines into a copy of it. */
function dress(copy: Element, original: Element): void {
  const style = getComputedStyle(original);
  for (const name of DRAWN) copy.setAttribute(name, style.getPropertyValue(name));
}

const KEY_COLUMNS = 4;

/** The kinds shown, with their shapes, as the legend beside the picture lists them. */
function keyOf(legend: Element, left: number, top: number): { group: SVGGElement; height: number } {
  const group = element("g", { transform: `translate(${left},${top})` });
  const entries = [...legend.querySelectorAll("button")];
  entries.forEach((entry, place) => {
    const shape = entry.querySelector("svg > g");
    const row = element("g", { transform: `translate(${(place % KEY_COLUMNS) * 130},${Math.floor(place / KEY_COLUMNS) * 24}) scale(0.6)` });
    if (shape?.firstElementChild) {
      const copy = shape.firstElementChild.cloneNode() as Element;
      dress(copy, shape.firstElementChild);
      row.append(copy, ...markOf(entry.dataset["type"] ?? ""));
    }
    const words = element("text", { x: "30", y: "7", "font-size": "19", "font-family": "sans-serif", fill: getComputedStyle(entry).color });
    words.textContent = entry.textContent;
    row.append(words);
    group.append(row);
  });
  return { group, height: Math.ceil(entries.length / KEY_COLUMNS) * 24 };
}

export function csvText(model: GraphModel): string {
  const cell = (text: string): string => `"${(/^[=+@]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  const rows = [["subject", "subject_label", "predicate", "object", "object_label", "sign", "certainty", "statements"]];
  for (const edge of model.edges.values()) {
    const [from, to] = [model.nodes.get(edge.source), model.nodes.get(edge.target)];
    rows.push([edge.source, from?.label ?? "", edge.predicate, edge.target, to?.label ?? "", String(edge.sign ?? ""), edge.certainty, edge.statements.join(" ")]);
  }
  return rows.map((row) => row.map(cell).join(",")).join("\r\n");
}

export function jsonText(model: GraphModel): string {
  const rests = model.shownRests().map((rest) => ({ node: rest.node, predicate: rest.predicate, direction: rest.direction, left_out: model.left(rest) }));
  return JSON.stringify({ nodes: [...model.nodes.values()], edges: [...model.edges.values()], rests }, null, 2);
}
