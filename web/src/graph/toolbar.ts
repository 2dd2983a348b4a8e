/** The buttons above the picture, the files they save, and the field that adds a thing. */

import { download, png } from "../files";
import { addThing } from "./adding";
import type { Desk } from "./desk";
import { openFilter } from "./filters";
import { csvText, jsonText, svgText } from "./save";
import { doAgain, takeBack } from "./steps";

export function wireToolbar(desk: Desk): void {
  const { model, page, view } = desk;
  const day = new Date().toISOString().slice(0, 10);
  const source = `sarcoma-kg, data ${page.data}, ${day}`;
  const name = `sarcoma-kg-graph-${page.data}-${day}`;
  const save = (text: string, type: string, ending: string): void => download(new Blob([text], { type }), `${name}.${ending}`);
  const picture = (): ReturnType<typeof svgText> => svgText(page.svg, model, source, page.legend);
  const actions: Record<string, () => void> = {
    undo: () => takeBack(desk),
    redo: () => doAgain(desk),
    fit: () => {
      view.fit(true);
      desk.keepAddress();
    },
    in: () => view.zoomBy(1.3),
    out: () => view.zoomBy(1 / 1.3),
    filter: () => openFilter(desk, page.filter.hidden),
    svg: () => save(picture().text, "image/svg+xml", "svg"),
    png: () => png(picture(), (blob) => download(blob, `${name}.png`)),
    json: () => save(jsonText(model), "application/json", "json"),
    csv: () => save(csvText(model), "text/csv", "csv"),
  };
  for (const [action, run] of Object.entries(actions)) desk.button(action).addEventListener("click", run);
}

export function wireField(desk: Desk): void {
  const { field } = desk.page;
  field.addEventListener("chosen", (event) => void addThing(desk, (event as CustomEvent<string>).detail));
  // Shift+Enter in any search box of the page.
  document.addEventListener("skg:add", (event) => {
    event.preventDefault();
    void addThing(desk, (event as CustomEvent<string>).detail);
  });
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) void addThing(desk, field.value.trim());
  });
}
