/** The graph canvas: expand node by node, with the same state in a list beside it and in the address. */

import { ApiError, get, getPage, type FactCard, type Listed, type PredicateCount } from "./api";
import { placeNew } from "./graph/layout";
import { download, png } from "./files";
import { addressOf } from "./graph/address";
import { GraphModel, type GraphEdge, type GraphNode, type SavedView } from "./graph/model";
import { button, link, listed, make } from "./graph/panel";
import { csvText, jsonText, svgText } from "./graph/save";
import { element, shapeOf } from "./graph/shapes";
import { GraphView } from "./graph/view";

const MAX_NODES = 300;

function need<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}`);
  return found;
}

/** Per predicate how it reads from subject to object and back; per type its name. */
interface Labels {
  predicates: Record<string, [string, string]>;
  types: Record<string, string>;
}

interface Expanded {
  nodes: { id: string; type: string; label: string }[];
  edges: GraphEdge[];
  more: number;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function start(svg: SVGSVGElement): void {
  const saved = JSON.parse(need("#graph-data").textContent ?? "{}") as SavedView;
  const model = new GraphModel(saved);
  const labels = JSON.parse(need("#graph-labels").textContent ?? "{}") as Labels;
  const panel = need<HTMLElement>("#graph-panel");
  const list = need<HTMLElement>("#graph-list");
  const legend = need<HTMLElement>("#graph-legend");
  const status = need<HTMLElement>("#graph-status");
  const data = need("footer code").textContent ?? "";
  const share = document.querySelector<HTMLElement>(".share");
  for (const type of saved.faded) model.faded.add(type);
  let chosen = "";
  let address = share?.dataset["address"] ?? "";
  let changes = 0;

  const view = new GraphView(svg, model, {
    open: (node, byKey) => void openNode(node, byKey),
    openEdge: (edge, byKey) => void openEdge(edge, byKey),
    moved: (node, from) => {
      model.moved(node, from);
      settle(`${node.label} pinned.`);
    },
    key: onKey,
    typeName: (type) => labels.types[type] ?? type,
  });

  /** After a change that is drawn already: buttons, words and address follow. */
  function settle(message: string): void {
    need<HTMLButtonElement>("[data-action=undo]").disabled = !model.canUndo();
    need<HTMLButtonElement>("[data-action=redo]").disabled = !model.canRedo();
    status.textContent = `${message} ${plural(model.nodes.size, "thing")}, ${plural(model.edges.size, "connection")}.`;
    void keepAddress();
  }

  /** The address bar, and what tells of this address on the page, follow what is shown. */
  async function keepAddress(): Promise<void> {
    const change = (changes += 1);
    const now = await addressOf(model.toParameters(chosen, data));
    if (change !== changes) return;
    window.history.replaceState(null, "", now);
    const replaced = (text: string): string => text.replaceAll(address, now);
    share?.querySelectorAll<HTMLAnchorElement>("a[href]").forEach((each) => each.setAttribute("href", replaced(each.getAttribute("href") ?? "")));
    share?.querySelectorAll("p:not(:has(a)), pre").forEach((part) => (part.textContent = replaced(part.textContent ?? "")));
    address = now;
  }

  function refresh(message: string): void {
    view.draw();
    drawList();
    drawLegend();
    if (chosen) view.choose(chosen);
    settle(message);
  }

  function show(id: string, parts: Node[], byKey: boolean): void {
    chosen = id;
    panel.replaceChildren(...parts);
    view.choose(id);
    void keepAddress();
    if (byKey) panel.querySelector<HTMLElement>("button, a")?.focus();
  }

  function told(error: unknown): string {
    if (error instanceof ApiError || error instanceof TypeError) return error.message;
    throw error;
  }

  async function openNode(node: GraphNode, byKey: boolean): Promise<void> {
    const hide = (): void => hideNode(node);
    const pin = (): void => pinNode(node);
    const tools = make("p", "", "actions");
    tools.append(button("Hide", hide), button(node.pinned ? "Free" : "Pin here", pin));
    const waiting = make("p", "Counting connections…");
    const page = link("Open its page", `/entity/${encodeURIComponent(node.id)}`);
    show(node.id, [make("h2", node.label), page, waiting, tools], false);
    try {
      const counts = await get<Listed<PredicateCount>>(`/entities/${encodeURIComponent(node.id)}/counts`);
      if (chosen !== node.id) return;
      const menu = listed(counts.items, (item) => {
        const out = item.direction === "out";
        const label = labels.predicates[item.predicate]?.[out ? 0 : 1] ?? item.predicate;
        return button(`${out ? "→" : "←"} ${label}`, () => void expand(node, item, label), item.nodes);
      }, "expand");
      waiting.replaceWith(counts.items.length > 0 ? make("p", "Expand; numbers are how many things that would show:", "meta") : make("p", "No source links it to anything."), menu);
    } catch (error) {
      waiting.textContent = told(error);
    }
    if (byKey) panel.querySelector<HTMLElement>(".expand button, a")?.focus();
  }

  async function expand(node: GraphNode, item: PredicateCount, label: string): Promise<void> {
    if (model.nodes.size >= MAX_NODES) {
      status.textContent = `The picture is full at ${MAX_NODES} things: hide some first.`;
      return;
    }
    try {
      const answer = await getPage<Expanded>("/explore", {
        node: [...model.nodes.keys()], expand: node.id, predicate: item.predicate, direction: item.direction, format: "json",
      });
      const nodes = answer.nodes.map((found) => ({ ...found, x: 0, y: 0, pinned: false }));
      const added = model.add({ nodes, edges: answer.edges });
      placeNew(model, added.nodes, node);
      const more = answer.more > 0 ? `; ${answer.more} more, expand again` : "";
      refresh(added.nodes.length > 0 ? `${plural(added.nodes.length, "thing")} added (${label})${more}.` : `All that ${node.label} ${label} is shown already.`);
      view.reveal(added.nodes);
    } catch (error) {
      status.textContent = told(error);
    }
  }

  function hideNode(node: GraphNode): void {
    model.hide(node.id);
    chosen = "";
    panel.replaceChildren(make("p", `${node.label} is hidden.`), button("Undo", takeBack));
    refresh(`${node.label} hidden.`);
    const next = [...model.nodes.keys()][0];
    if (next && svg.contains(document.activeElement)) view.focus(next);
  }

  function pinNode(node: GraphNode): void {
    const from = { x: node.x, y: node.y, pinned: node.pinned };
    node.pinned = !node.pinned;
    model.moved(node, from);
    refresh(`${node.label} ${node.pinned ? "pinned" : "free"}.`);
    void openNode(node, false);
  }

  async function openEdge(edge: GraphEdge, byKey: boolean): Promise<void> {
    const sources = make("div");
    sources.append(make("p", "Looking up who states it…"));
    const certainty = edge.certainty === "stated" ? [] : [make("p", `${edge.certainty} by the source`, "meta")];
    show(edge.id, [make("h2", edge.sentence), ...certainty, sources], false);
    try {
      const facts = await Promise.all(edge.statements.slice(0, 5).map((id) => get<FactCard>(`/statements/${encodeURIComponent(id)}`)));
      if (chosen !== edge.id) return;
      sources.replaceChildren(listed(facts, (fact) => {
        const row = make("span", "stated by ");
        row.append(link(fact.asserted_by.map((ref) => ref.label).join(", ") || "a source", `/statement/${encodeURIComponent(fact.curie)}`));
        for (const place of fact.passages) {
          row.append(" · ", link(place.section ? `passage: ${place.section}` : "passage", `/passage/${encodeURIComponent(place.id.replace(/^.*\/passage\//, "passage:"))}`));
        }
        return row;
      }, "plain"));
      if (edge.statements.length > 5) sources.append(make("p", `and ${edge.statements.length - 5} more`, "meta"));
    } catch (error) {
      sources.replaceChildren(make("p", told(error)));
    }
    if (byKey) panel.querySelector<HTMLElement>("a")?.focus();
  }

  function drawList(): void {
    list.replaceChildren(
      ...[...model.nodes.values()].map((node) => {
        const entry = make("li");
        entry.append(button(node.label, () => void openNode(node, true)), " ", make("span", labels.types[node.type] ?? node.type, "meta"));
        const own = model.edgesOf(node.id).filter((edge) => edge.source === node.id);
        if (own.length > 0) {
          entry.append(listed(own, (edge) => button(`${edge.label} ${model.nodes.get(edge.target)?.label ?? ""}`, () => void openEdge(edge, true))));
        }
        return entry;
      }),
    );
  }

  function drawLegend(): void {
    legend.replaceChildren(
      ...model.counts().map(([type, count]) => {
        const made = button(`${labels.types[type] ?? type} ${count}`, () => {
          if (!model.faded.delete(type)) model.faded.add(type);
          drawLegend();
          view.fade();
          settle(`${labels.types[type] ?? type} ${model.faded.has(type) ? "faded" : "shown"}.`);
          legend.querySelector<HTMLElement>(`[data-type="${type}"]`)?.focus();
        });
        made.dataset["type"] = type;
        made.setAttribute("aria-pressed", String(!model.faded.has(type)));
        const icon = element("svg", { viewBox: "-22 -17 44 34", width: "24", height: "18", "aria-hidden": "true" });
        const group = element("g", { class: `type-${type}` });
        group.append(shapeOf(type));
        icon.append(group);
        made.prepend(icon);
        return made;
      }),
    );
  }

  function takeBack(): void {
    if (model.undo()) refresh("Last step taken back.");
  }

  function redo(): void {
    if (model.redo()) refresh("Step done again.");
  }

  function onKey(node: GraphNode | undefined, event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, (() => void) | undefined> = {
      e: node && (() => void openNode(node, true)),
      h: node && (() => hideNode(node)),
      p: node && (() => pinNode(node)),
      "+": () => view.zoomBy(1.3), "-": () => view.zoomBy(1 / 1.3), "0": () => view.fit(),
    };
    const action = keys[event.key.toLowerCase()];
    if (action) {
      event.preventDefault();
      action();
    }
  }

  const source = `sarcoma-kg, data ${data}, ${new Date().toISOString().slice(0, 10)}`;
  const name = `sarcoma-kg-graph-${new Date().toISOString().slice(0, 10)}`;
  const actions: Record<string, () => void> = {
    undo: takeBack, redo,
    fit: () => view.fit(), in: () => view.zoomBy(1.3), out: () => view.zoomBy(1 / 1.3),
    svg: () => download(new Blob([svgText(svg, model, source, legend).text], { type: "image/svg+xml" }), `${name}.svg`),
    png: () => png(svgText(svg, model, source, legend), (blob) => download(blob, `${name}.png`)),
    json: () => download(new Blob([jsonText(model)], { type: "application/json" }), `${name}.json`),
    csv: () => download(new Blob([csvText(model)], { type: "text/csv" }), `${name}.csv`),
  };
  for (const [action, run] of Object.entries(actions)) need<HTMLButtonElement>(`[data-action=${action}]`).addEventListener("click", run);

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
    if ((event.ctrlKey || event.metaKey) && !typing && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      if (event.key.toLowerCase() === "y" || event.shiftKey) redo();
      else takeBack();
    }
    if (event.key === "Escape" && panel.contains(document.activeElement)) {
      const edge = model.edges.get(chosen);
      view.focus(edge ? edge.source : chosen);
    }
  });

  if (saved.laid && view.isUpright()) model.stretch(0.62, 1.3);
  view.draw();
  drawList();
  drawLegend();
  view.fit();
  const thing = model.nodes.get(saved.chosen);
  const connection = model.edges.get(saved.chosen);
  if (thing) void openNode(thing, false);
  else if (connection) void openEdge(connection, false);
  document.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((part) => (part.hidden = false));
}

const svg = document.querySelector<SVGSVGElement>("svg#graph");
if (svg && document.querySelector(".explore:not([hidden])")) start(svg);
