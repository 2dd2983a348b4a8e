/** Paths between two things, as the panel tells them: choose the other end, then walk the paths step by step. */

import { isOff } from "./facets";
import { button, link, listed, make } from "./panel";
import type { FoundPath, FoundPaths, GraphNode, TracedStep } from "./model";

/** "imatinib blocks oncogenic KIT", or for several steps "imatinib → oncogenic KIT → GIST". */
export function titleOf(path: FoundPath): string {
  const [only, ...more] = path.steps;
  return only && more.length === 0 ? only.sentence : path.names.join(" → ");
}

/** Asks for the other end, for those who do not point at it in the picture or the list. */
export function askForOther(from: GraphNode, others: readonly GraphNode[], find: (id: string) => void, giveUp: () => void): Node[] {
  const label = make("label", "or here:");
  const choice = make("select");
  label.htmlFor = choice.id = "other-end";
  const sorted = [...others].sort((a, b) => a.label.localeCompare(b.label));
  choice.append(...sorted.map((node) => new Option(node.label, node.id)));
  const field = make("div", "", "field");
  field.append(label, choice);
  const tools = make("p", "", "actions");
  tools.append(button("Find paths", () => find(choice.value)), button("Give up", giveUp));
  return [make("h2", `Paths from ${from.label}`), make("p", "Choose the other end in the picture, in the list,"), field, tools];
}

export interface PathEvents {
  pick(place: number): void;
  open(step: TracedStep): void;
  clear(): void;
}

/** The paths with one of them unfolded; `picked` counts from 1, 0 for none. `remarks` stand above, `out` is filtered out. */
export function pathPanel(found: FoundPaths, picked: number, out: ReadonlySet<string>, remarks: readonly Node[], events: PathEvents): Node[] {
  const list = make("ol", "", "paths");
  list.append(...found.paths.map((path, index) => {
    const row = make("li");
    const isPicked = index + 1 === picked;
    const choose = button(titleOf(path), () => events.pick(isPicked ? 0 : index + 1));
    choose.setAttribute("aria-pressed", String(isPicked));
    choose.append(make("span", `${path.steps.length} step${path.steps.length === 1 ? "" : "s"}, ${path.certainty}${isOff(path, out) ? ", filtered out" : ""}`, "meta"));
    row.append(choose);
    if (isPicked) row.append(listed(path.steps, (step) => told(step, events), "steps"));
    return row;
  }));
  const heading = make("h2", `Paths between ${found.names.join(" and ")}`);
  return [heading, make("p", found.note, "meta"), ...remarks, list, button("Clear the paths", () => events.clear())];
}

/** A step, who states it and where. */
function told(step: TracedStep, events: PathEvents): Node {
  const all = document.createDocumentFragment();
  const claim = button(step.sentence, () => events.open(step));
  claim.className = "link";
  const by = make("p", step.certainty === "stated" ? "" : `${step.certainty} · `, "by");
  const documents = [...new Set(step.passages.map((passage) => passage.document))].join("; ");
  by.append("stated by ", link(documents || "a source", `/statement/${encodeURIComponent(step.statements[0] ?? "")}`));
  for (const passage of step.passages.slice(0, 3)) by.append(" · ", link(passage.section || "passage", `/passage/${encodeURIComponent(passage.curie)}`));
  all.append(claim, by);
  return all;
}
