/** The graph canvas: expand node by node, with the same state in a list beside it and in the address. */

import { ApiError, get, getPage, type FactCard, type Listed, type PredicateCount } from "./api";
import { placeAlong, placeNew } from "./graph/layout";
import { download, png } from "./files";
import { addressOf } from "./graph/address";
import { askForOther, pathPanel } from "./graph/between";
import { drawLegend, drawLinkFilter } from "./graph/filters";
import { drawList, markInList } from "./graph/list";
import { GraphModel, type FoundPaths, type GraphEdge, type GraphNode, type SavedView } from "./graph/model";
import { button, link, listed, make, statedBy } from "./graph/panel";
import { csvText, jsonText, svgText } from "./graph/save";
import { GraphView } from "./graph/view";

const MAX_NODES = 300;
/** Up to so many pixels the panel stands below the picture, and comes into view when it has something to tell. */
const NARROW = 832;

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
  between: FoundPaths | null;
}

const full = `The picture is full at ${MAX_NODES} things: hide some first.`;
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function start(svg: SVGSVGElement): void {
  const saved = JSON.parse(need("#graph-data").textContent ?? "{}") as SavedView;
  const model = new GraphModel(saved);
  const labels = JSON.parse(need("#graph-labels").textContent ?? "{}") as Labels;
  const panel = need<HTMLElement>("#graph-panel");
  const list = need<HTMLElement>("#graph-list");
  const legend = need<HTMLElement>("#graph-legend");
  const links = need<HTMLElement>("#graph-links");
  const status = need<HTMLElement>("#graph-status");
  const data = need("footer code").textContent ?? "";
  const share = document.querySelector<HTMLElement>(".share");
  for (const type of saved.faded) model.faded.add(type);
  model.paths = saved.between ?? undefined;
  model.path = Math.min(saved.path, saved.between?.paths.length ?? 0);
  let chosen = "";
  let from: GraphNode | undefined; // where paths begin, until their other end is chosen
  let address = share?.dataset["address"] ?? "";
  let changes = 0;
  let isReady = false; // a view that is just opened is not scrolled

  const view = new GraphView(svg, model, {
    open: (node, byKey) => void openNode(node, byKey),
    openEdge: (edge, byKey) => void openEdge(edge, byKey),
    moved: (node, from) => {
      model.moved(node, from);
      settle(`${node.label} pinned.`);
    },
    key: onKey,
    typeName: (type) => words.type(type),
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
    listAll();
    drawFilters();
    if (chosen) view.choose(chosen);
    view.trace(model.traced());
    settle(message);
  }

  function show(id: string, parts: Node[], byKey: boolean): void {
    chosen = id;
    panel.replaceChildren(...parts);
    view.choose(id);
    markInList(list, chosen);
    if (isReady && window.innerWidth <= NARROW) panel.scrollIntoView({ block: "nearest" });
    void keepAddress();
    if (byKey) panel.querySelector<HTMLElement>("button, a")?.focus();
  }

  function told(error: unknown): string {
    if (error instanceof ApiError || error instanceof TypeError) return error.message;
    throw error;
  }

  async function openNode(node: GraphNode, byKey: boolean): Promise<void> {
    if (from && from !== node) return findPaths(from, node.id, byKey);
    const hide = (): void => hideNode(node);
    const pin = (): void => pinNode(node);
    const tools = make("p", "", "actions");
    tools.append(button("Paths from here", () => startPaths(node)), button(node.pinned ? "Free" : "Pin here", pin), button("Hide", hide));
    if (model.paths) tools.append(button("Back to the paths", () => showPaths(true)));
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
      status.textContent = full;
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

  /** Adds a thing that the reader names, with what links it to what is shown. */
  async function addThing(given: string): Promise<void> {
    if (model.nodes.size >= MAX_NODES) {
      status.textContent = full;
      return;
    }
    try {
      const answer = await getPage<Expanded>("/explore", { node: [...model.nodes.keys(), given], format: "json" });
      const nodes = answer.nodes.filter((found) => !model.nodes.has(found.id)).map((found) => ({ ...found, x: 0, y: 0, pinned: false }));
      const added = model.add({ nodes, edges: answer.edges });
      const [thing] = added.nodes;
      const linked = added.edges[0];
      const near = model.nodes.get(linked?.source === thing?.id ? (linked?.target ?? "") : (linked?.source ?? "")) ?? [...model.nodes.values()][0];
      if (near) placeNew(model, added.nodes, near);
      refresh(thing ? `${thing.label} added.` : "It is shown already.");
      view.reveal(added.nodes);
      if (thing) void openNode(thing, false);
      field.value = "";
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
    const back = model.paths ? [button("Back to the paths", () => showPaths(true))] : [];
    show(edge.id, [make("h2", edge.sentence), ...certainty, sources, ...back], false);
    try {
      const facts = await Promise.all(edge.statements.slice(0, 5).map((id) => get<FactCard>(`/statements/${encodeURIComponent(id)}`)));
      if (chosen !== edge.id) return;
      sources.replaceChildren(listed(facts, statedBy, "plain"));
      if (edge.statements.length > 5) sources.append(make("p", `and ${edge.statements.length - 5} more`, "meta"));
    } catch (error) {
      sources.replaceChildren(make("p", told(error)));
    }
    if (byKey) panel.querySelector<HTMLElement>("a")?.focus();
  }

  function startPaths(node: GraphNode): void {
    from = node;
    const others = [...model.nodes.values()].filter((other) => other !== node);
    const giveUp = (): void => {
      from = undefined;
      void openNode(node, true);
    };
    show(node.id, askForOther(node, others, (id) => void findPaths(node, id, true), giveUp), false);
    status.textContent = `Paths from ${node.label}: choose the other end. Esc gives up.`;
    panel.querySelector<HTMLElement>("select")?.focus();
  }

  async function findPaths(first: GraphNode, second: string, byKey: boolean): Promise<void> {
    from = undefined;
    try {
      const answer = await getPage<Expanded>("/explore", { node: [...model.nodes.keys()], between: [first.id, second], format: "json" });
      if (!answer.between) return;
      const nodes = answer.nodes.map((found) => ({ ...found, x: 0, y: 0, pinned: false }));
      const added = model.add({ nodes, edges: answer.edges }, answer.between);
      placeAlong(model, added.nodes, answer.between.paths.map((path) => path.things));
      showPaths(byKey);
      refresh(`${plural(answer.between.paths.length, "path")}, ${plural(added.nodes.length, "thing")} added.`);
      view.reveal([...added.nodes, first]);
    } catch (error) {
      status.textContent = told(error);
    }
  }

  /** The panel tells the paths that are shown; without any, it asks for a choice. */
  function showPaths(byKey: boolean): void {
    const found = model.paths;
    const events = {
      pick: (place: number) => {
        model.path = place;
        showPaths(false);
        view.trace(model.traced());
        panel.querySelectorAll<HTMLElement>(".paths > li > button")[place - 1]?.focus();
      },
      open: (step: { edge: string }) => {
        const edge = model.edges.get(step.edge);
        if (edge) void openEdge(edge, true);
      },
      clear: () => {
        model.clearPaths();
        showPaths(false);
        refresh("Paths cleared; their things stay.");
      },
    };
    show("", found ? pathPanel(found, model.path, events) : [make("p", "Choose a thing to expand it, or a connection to see who states it.")], byKey);
  }

  const words = {
    type: (name: string) => labels.types[name] ?? name,
    predicate: (name: string) => labels.predicates[name]?.[0] ?? name,
  };

  function listAll(): void {
    drawList(list, model, words, { open: (node) => void openNode(node, true), openEdge: (edge) => void openEdge(edge, true) });
    markInList(list, chosen);
  }

  function drawFilters(): void {
    const toggle = (key: string, name: string): void => {
      model.toggle([key]);
      filtered(`${name} ${model.faded.has(key) ? "faded" : "shown"}.`);
      document.querySelector<HTMLElement>(`.legend [data-type="${key}"]`)?.focus();
    };
    drawLegend(legend, model, words, toggle);
    drawLinkFilter(links, model, words, toggle, () => {
      model.toggle([...model.faded]);
      filtered("Everything shown.");
    });
  }

  function filtered(message: string): void {
    drawFilters();
    view.fade();
    settle(message);
  }

  function takeBack(): void {
    followed(() => model.undo(), "Last step taken back.");
  }

  function redo(): void {
    followed(() => model.redo(), "Step done again.");
  }

  /** A step in time; the panel follows the paths that come or go with it. */
  function followed(step: () => boolean, message: string): void {
    const before = model.paths;
    if (!step()) return;
    if (model.paths !== before) showPaths(false);
    refresh(message);
  }

  function onKey(node: GraphNode | undefined, event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, (() => void) | undefined> = {
      e: node && (() => void openNode(node, true)),
      h: node && (() => hideNode(node)),
      f: node && (() => (from && from !== node ? void findPaths(from, node.id, true) : startPaths(node))),
      p: node && (() => pinNode(node)),
      "?": () => need("#keys").toggleAttribute("open"),
      "+": () => view.zoomBy(1.3), "-": () => view.zoomBy(1 / 1.3), "0": () => view.fit(),
    };
    const action = keys[event.key.toLowerCase()];
    if (action) {
      event.preventDefault();
      action();
    }
  }

  const source = `sarcoma-kg, data ${data}, ${new Date().toISOString().slice(0, 10)}`;
  const name = `sarcoma-kg-graph-${data}-${new Date().toISOString().slice(0, 10)}`;
  const actions: Record<string, () => void> = {
    undo: takeBack, redo,
    fit: () => view.fit(), in: () => view.zoomBy(1.3), out: () => view.zoomBy(1 / 1.3),
    svg: () => download(new Blob([svgText(svg, model, source, legend).text], { type: "image/svg+xml" }), `${name}.svg`),
    png: () => png(svgText(svg, model, source, legend), (blob) => download(blob, `${name}.png`)),
    json: () => download(new Blob([jsonText(model)], { type: "application/json" }), `${name}.json`),
    csv: () => download(new Blob([csvText(model)], { type: "text/csv" }), `${name}.csv`),
  };
  for (const [action, run] of Object.entries(actions)) need<HTMLButtonElement>(`[data-action=${action}]`).addEventListener("click", run);

  const field = need<HTMLInputElement>("#start");
  field.addEventListener("chosen", (event) => void addThing((event as CustomEvent<string>).detail));
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) void addThing(field.value.trim());
  });

  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test((event.target as HTMLElement).tagName);
    if ((event.ctrlKey || event.metaKey) && !typing && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      if (event.key.toLowerCase() === "y" || event.shiftKey) redo();
      else takeBack();
    }
    if (event.key === "Escape" && from) {
      const given = from;
      from = undefined;
      void openNode(given, false);
      view.focus(given.id);
    } else if (event.key === "Escape" && panel.contains(document.activeElement)) {
      const edge = model.edges.get(chosen);
      view.focus(edge ? edge.source : chosen);
    }
  });

  if (saved.laid && view.isUpright()) model.stretch(0.62, 1.3);
  view.draw();
  listAll();
  drawFilters();
  view.fit();
  const thing = model.nodes.get(saved.chosen);
  const connection = model.edges.get(saved.chosen);
  if (thing) void openNode(thing, false);
  else if (connection) void openEdge(connection, false);
  else if (model.paths) showPaths(false);
  view.trace(model.traced());
  isReady = true;
  document.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((part) => (part.hidden = false));
}

const svg = document.querySelector<SVGSVGElement>("svg#graph");
if (svg && document.querySelector(".explore:not([hidden])")) start(svg);
