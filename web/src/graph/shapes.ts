/** One shape per type, so that colour never carries meaning alone; used by the canvas and its legend. */

const SVG = "http://www.w3.org/2000/svg";
const RADIUS = 15;

export function element<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string>): SVGElementTagNameMap[K] {
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

const SHAPES: Record<string, () => SVGElement> = {
  Drug: () => element("rect", { x: "-20", y: "-11", width: "40", height: "22", rx: "11" }),
  DrugClass: () => element("rect", { x: "-20", y: "-11", width: "40", height: "22", rx: "3" }),
  Regimen: () => element("rect", { x: "-20", y: "-9", width: "40", height: "18", rx: "6" }),
  Target: () => element("polygon", { points: polygon(6) }),
  Complex: () => element("polygon", { points: polygon(8, Math.PI / 8) }),
  Metabolite: () => element("polygon", { points: polygon(3, Math.PI / 2) }),
  Pathway: () => element("polygon", { points: polygon(3, -Math.PI / 2) }),
  Process: () => element("rect", { x: "-13", y: "-13", width: "26", height: "26", rx: "4" }),
  JointCause: () => element("polygon", { points: polygon(4) }),
  Histotype: () => element("polygon", { points: polygon(5, -Math.PI / 2) }),
};

/** Kinds without a shape of their own share the circle; two letters tell them apart. */
const LETTERS: Record<string, string> = {
  AdverseEvent: "AE", Arm: "Ar", CellState: "Ce", Condition: "Co", Definition: "De", Document: "Do", Measure: "Me", Organism: "Or", Organization: "Og",
  Outcome: "Ou", Patient: "Pa", Population: "Po", Procedure: "Pr", Reference: "Re", Site: "Si", Statement: "Sm", Study: "St", TimelineEvent: "Ev",
};

export function lettersOf(type: string): string {
  return LETTERS[type] ?? "";
}

/** The letters as a reference to their one drawing: they are no part of what a thing is called. */
export function markOf(type: string): SVGElement[] {
  return lettersOf(type) ? [element("use", { href: `#letters-${type}` })] : [];
}

/** The drawings that `markOf` refers to. */
export function allMarks(): SVGElement[] {
  return Object.entries(LETTERS).map(([type, letters]) => {
    const mark = element("text", { id: `letters-${type}`, class: "mark", y: "3.5", "text-anchor": "middle", "font-size": "9", "font-weight": "600" });
    mark.textContent = letters;
    return mark;
  });
}

export function shapeOf(type: string): SVGElement {
  return (SHAPES[type] ?? (() => element("circle", { r: "13" })))();
}
