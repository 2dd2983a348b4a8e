/** What is shown and what steps back: kinds of things (also the legend), predicates and certainties, with their counts. */

import type { GraphModel } from "./model";
import { button, make } from "./panel";
import { element, lettersOf, shapeOf } from "./shapes";

export interface Words {
  type(name: string): string;
  predicate(name: string): string;
}

/** The kinds of things on screen with their shapes; each is a switch. */
export function drawLegend(legend: HTMLElement, model: GraphModel, words: Words, toggle: (key: string, name: string) => void): void {
  legend.replaceChildren(
    ...model.counts().map(([type, count]) => {
      const made = entry(`${words.type(type)} ${count}`, type, model, () => toggle(type, words.type(type)));
      const icon = element("svg", { viewBox: "-22 -17 44 34", width: "24", height: "18", "aria-hidden": "true" });
      const group = element("g", { class: `type-${type}` });
      group.append(shapeOf(type));
      icon.append(group);
      const mark = make("span", "", "icon");
      mark.dataset["mark"] = lettersOf(type);
      mark.append(icon);
      made.prepend(mark);
      return made;
    }),
  );
}

/** Predicates and certainties on screen; each is a switch, and one switch brings all back. */
export function drawLinkFilter(place: HTMLElement, model: GraphModel, words: Words, toggle: (key: string, name: string) => void, clear: () => void): void {
  const { predicates, certainties } = model.linkCounts();
  place.replaceChildren(
    ...predicates.map(([name, count]) => entry(`${words.predicate(name)} ${count}`, name, model, () => toggle(name, words.predicate(name)))),
    ...(certainties.length > 1 ? certainties.map(([name, count]) => entry(`${name} ${count}`, name, model, () => toggle(name, name))) : []),
    ...(model.faded.size > 0 ? [button("Show all", clear)] : []),
  );
}

function entry(text: string, key: string, model: GraphModel, action: () => void): HTMLButtonElement {
  const made = button(text, action);
  made.dataset["type"] = key;
  made.setAttribute("aria-pressed", String(!model.faded.has(key)));
  return made;
}
