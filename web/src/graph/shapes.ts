/** One shape per type, so that colour never carries meaning alone; the page holds their drawings, for itself and for the script. */

const SVG = "http://www.w3.org/2000/svg";

export function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** Kinds without a shape of their own share the circle; two letters tell them apart. */
export function lettersOf(type: string): string {
  return document.getElementById(`letters-${type}`)?.textContent ?? "";
}

/** The letters as a reference to their one drawing: they are no part of what a thing is called. */
export function markOf(type: string): SVGElement[] {
  return lettersOf(type) ? [element("use", { href: `#letters-${type}` })] : [];
}

export function shapeOf(type: string): Element {
  const drawn = document.getElementById(`shape-${type}`) ?? document.getElementById("shape-other");
  const made = drawn?.cloneNode() as Element;
  made.removeAttribute("id");
  return made;
}
