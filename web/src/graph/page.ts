/** The parts of the page that the script fills, and what the page hands over to it. */

import type { Words } from "./facets";
import type { SavedView } from "./model";

/** Per predicate how it reads from subject to object and back; per type its name. */
export interface Labels {
  predicates: Record<string, [string, string]>;
  types: Record<string, string>;
}

export interface Page {
  svg: SVGSVGElement;
  panel: HTMLElement;
  list: HTMLElement;
  legend: HTMLElement;
  chips: HTMLElement;
  filter: HTMLElement;
  status: HTMLElement;
  field: HTMLInputElement;
  share: HTMLElement | null;
  saved: SavedView;
  labels: Labels;
  data: string; // the version of the data
}

export function need<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}`);
  return found;
}

export function readPage(svg: SVGSVGElement): Page {
  return {
    svg,
    panel: need("#graph-panel"),
    list: need("#graph-list"),
    legend: need("#graph-legend"),
    chips: need("#graph-chips"),
    filter: need("#graph-filter"),
    status: need("#graph-status"),
    field: need("#start"),
    share: document.querySelector(".share"),
    saved: JSON.parse(need("#graph-data").textContent ?? "{}") as SavedView,
    labels: JSON.parse(need("#graph-labels").textContent ?? "{}") as Labels,
    data: need("footer code").textContent ?? "",
  };
}

export function wordsFrom(labels: Labels, agents: Record<string, string>): Words {
  return {
    type: (name) => labels.types[name] ?? name,
    predicate: (name) => labels.predicates[name]?.[0] ?? name,
    agent: (curie) => agents[curie] ?? curie,
  };
}
