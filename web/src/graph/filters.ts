/** What is shown and what is filtered out: the legend, the filter with its counts, and a chip for each thing that is out. */

import type { Desk } from "./desk";
import { addressOf } from "./address";
import { filteredOut, groups, isEmptied, kinds, labelOf, type Entry, type Group } from "./facets";
import { button, make } from "./panel";
import { element, lettersOf, shapeOf } from "./shapes";

/** Draws all three anew. */
export function drawFilters(desk: Desk): void {
  drawLegend(desk);
  drawPanel(desk);
  drawChips(desk);
  drawNothing(desk);
}

/** Shows or hides the filter, and gives or returns the focus. */
export function openFilter(desk: Desk, isOpen: boolean): void {
  const { filter } = desk.page;
  filter.hidden = !isOpen;
  const opener = desk.button("filter");
  opener.setAttribute("aria-expanded", String(isOpen));
  if (isOpen) filter.focus();
  else opener.focus();
}

function toggle(desk: Desk, keys: string[], message: string): void {
  desk.model.toggle(keys);
  changed(desk, message);
}

/** After a change of filters nothing moves: only what is out steps back. */
function changed(desk: Desk, message: string): void {
  const name = document.activeElement?.getAttribute("data-key");
  desk.view.fade();
  desk.redrawBeside();
  if (!desk.chosen && desk.model.paths) desk.panels.paths(desk, false);
  desk.settle(message);
  if (name) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(name)}"]`)?.focus();
  else if (document.activeElement === document.body) desk.button("filter").focus();
}

function switched(desk: Desk, entry: Entry): void {
  const isOut = desk.model.faded.has(entry.key);
  toggle(desk, [entry.key], `${entry.label} ${isOut ? "shown" : "filtered out"}.`);
}

/** The kinds of things on screen with their shapes; each is a switch. */
function drawLegend(desk: Desk): void {
  const { legend } = desk.page;
  legend.replaceChildren(
    ...kinds(desk.model).map(([type, count]) => {
      const label = desk.words.type(type);
      const made = button(`${label} ${count}`, () => switched(desk, { key: type, label, count }));
      made.dataset["type"] = type;
      made.dataset["key"] = `legend ${type}`;
      made.setAttribute("aria-pressed", String(!desk.model.faded.has(type)));
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

function drawPanel(desk: Desk): void {
  const { filter } = desk.page;
  const { scrollTop } = filter;
  const head = make("p", "", "actions");
  head.append(
    ticked("Take what is filtered out off the picture", desk.model.hides, "hides", () => {
      desk.model.switchHiding();
      changed(desk, desk.model.hides ? "What is filtered out is off the picture." : "What is filtered out is faded.");
    }),
    ...("imports" in filter.dataset ? [ticked("Count what imported graphs state", desk.model.imports, "imports", () => void countImports(desk))] : []),
    button("Close", () => openFilter(desk, false)),
  );
  const all = make("div", "", "facets");
  all.append(...groups(desk.model, desk.words).map((group) => facet(desk, group)));
  filter.replaceChildren(head, all);
  filter.scrollTop = scrollTop;
}

/** Imports count, or not: that changes what the graph is, so the page is opened anew. */
export async function countImports(desk: Desk): Promise<void> {
  desk.model.imports = !desk.model.imports;
  window.location.assign(await addressOf(desk.parameters()));
}

/** One kind of filter: a tick for each of its values, and a switch for all of them. */
function facet(desk: Desk, { title, entries }: Group): HTMLElement {
  const made = make("fieldset");
  const { faded } = desk.model;
  const shown = entries.filter((entry) => !faded.has(entry.key));
  made.append(make("legend", title));
  made.append(...entries.map((entry) => ticked(entry.label, !faded.has(entry.key), entry.key, () => switched(desk, entry), entry.count)));
  if (entries.length > 2) {
    const [text, keys] = shown.length > 0 ? ["None", shown] : ["All", entries];
    const all = button(text, () => toggle(desk, keys.map((entry) => entry.key), `${title}: ${text.toLowerCase()} shown.`));
    all.className = "link";
    all.dataset["key"] = `all ${title}`;
    all.setAttribute("aria-label", `${title}: ${text.toLowerCase()}`);
    made.append(all);
  }
  return made;
}

function ticked(label: string, isOn: boolean, key: string, change: () => void, count?: number): HTMLLabelElement {
  const made = make("label", "", "tick");
  const box = make("input");
  box.type = "checkbox";
  box.checked = isOn;
  box.dataset["key"] = key;
  box.addEventListener("change", change);
  made.append(box, make("span", label));
  if (count !== undefined) made.append(make("span", String(count), "number"));
  return made;
}

/** What is filtered out, each to be brought back, and all together. */
function drawChips(desk: Desk): void {
  const { chips } = desk.page;
  const { faded } = desk.model;
  chips.hidden = faded.size === 0;
  desk.button("filter").textContent = faded.size > 0 ? `Filter (${faded.size})` : "Filter";
  chips.replaceChildren(
    make("span", "Filtered out:"),
    ...[...faded].map((key) => chipOf(desk, key)),
    clearing(desk),
  );
}

/** What a filter takes out, to be brought back. */
export function chipOf(desk: Desk, key: string): HTMLElement {
  const label = labelOf(key, desk.words);
  const chip = make("span", label, "chip");
  const away = button("×", () => toggle(desk, [key], `${label} shown.`));
  away.setAttribute("aria-label", `Show ${label} again`);
  chip.append(away);
  return chip;
}

function clearing(desk: Desk): HTMLButtonElement {
  return button("Clear", () => {
    toggle(desk, [...desk.model.faded], "Everything shown.");
    desk.button("filter").focus();
  });
}

/** Where filters leave nothing, the picture says which, and offers to clear them. */
function drawNothing(desk: Desk): void {
  const { stage } = desk.view;
  stage.querySelector(".nothing")?.remove();
  if (!isEmptied(desk.model, filteredOut(desk.model))) return;
  const made = make("div", "", "nothing card");
  const names = [...desk.model.faded].map((key) => labelOf(key, desk.words)).join(", ");
  made.append(make("p", `Everything is filtered out: ${names}.`), clearing(desk));
  for (const name of ["mousedown", "touchstart", "wheel"]) made.addEventListener(name, (event) => event.stopPropagation(), { passive: true });
  stage.append(made);
}
