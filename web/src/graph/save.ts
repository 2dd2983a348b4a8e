/** The picture and what it shows as files. */

import type { GraphModel } from "./model";

const DRAWN = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "visibility", "font-family", "font-size", "font-weight"];

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The whole graph as it looks now, with its colours written into it. */
export function svgText(svg: SVGSVGElement, model: GraphModel, source: string): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const before = svg.querySelectorAll<SVGElement>("*");
  copy.querySelectorAll<SVGElement>("*").forEach((part, place) => {
    const original = before[place];
    if (original) {
      const style = getComputedStyle(original);
      for (const name of DRAWN) part.setAttribute(name, style.getPropertyValue(name));
    }
    for (const name of ["tabindex", "role", "class", "data-node", "data-edge"]) part.removeAttribute(name);
  });
  copy.querySelector("g")?.removeAttribute("transform");
  const xs = [...model.nodes.values()].map((node) => node.x);
  const ys = [...model.nodes.values()].map((node) => node.y);
  const [left, top] = [Math.min(...xs) - 90, Math.min(...ys) - 40];
  const width = Math.round(Math.max(...xs) + 90 - left);
  const height = Math.round(Math.max(...ys) + 90 - top);
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
  copy.append(note);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function png(picture: { text: string; width: number; height: number }, done: (blob: Blob) => void): void {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * 2;
    canvas.height = picture.height * 2;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => { if (blob) done(blob); });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(picture.text)}`;
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
  return JSON.stringify({ nodes: [...model.nodes.values()], edges: [...model.edges.values()] }, null, 2);
}
