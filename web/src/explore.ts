/** The graph canvas: expand node by node, with the same state in a list beside it and in the address. */

import { openEdge, openNode, openRest } from "./graph/cards";
import { Desk, type Panels } from "./graph/desk";
import { listenToKeys, onKey } from "./graph/keys";
import { need, readPage, type Page } from "./graph/page";
import { showPaths } from "./graph/pathfinding";
import { wireField, wireToolbar } from "./graph/toolbar";

const PANELS: Panels = {
  node: (desk, node, byKey) => void openNode(desk, node, byKey),
  edge: (desk, edge, byKey) => void openEdge(desk, edge, byKey),
  rest: openRest,
  paths: showPaths,
  key: onKey,
};

/** A view as its address tells it. */
function restored(page: Page): Desk {
  const { saved } = page;
  const desk = new Desk(page, PANELS);
  const { model, view } = desk;
  for (const key of saved.faded) model.faded.add(key);
  model.hides = saved.hides;
  model.imports = saved.imports;
  model.paths = saved.between ?? undefined;
  model.path = Math.min(saved.path, saved.between?.paths.length ?? 0);
  if (saved.laid && view.isUpright()) model.stretch(0.62, 1.3);
  view.draw();
  desk.redrawBeside();
  if (saved.pan && saved.zoom) view.lookAt({ pan: saved.pan, zoom: saved.zoom });
  else view.fit();
  return desk;
}

/** The panel tells of what was chosen. */
function reopen(desk: Desk, chosen: string): void {
  const { model } = desk;
  const [node, edge, rest] = [model.nodes.get(chosen), model.edges.get(chosen), model.rests.get(chosen)];
  if (node) desk.panels.node(desk, node, false);
  else if (edge) desk.panels.edge(desk, edge, false);
  else if (rest) desk.panels.rest(desk, rest, false);
  else if (model.paths) desk.panels.paths(desk, false);
}

function start(svg: SVGSVGElement): void {
  const page = readPage(svg);
  const desk = restored(page);
  wireToolbar(desk);
  wireField(desk);
  listenToKeys(desk);
  reopen(desk, page.saved.chosen);
  desk.view.trace(desk.model.traced());
  desk.isReady = true;
  need(".toolbar").classList.remove("waiting");
  document.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((part) => (part.hidden = false));
}

const svg = document.querySelector<SVGSVGElement>("svg#graph");
if (svg && document.querySelector(".explore:not([hidden])")) start(svg);
