/** The graph canvas: expand node by node, with the same state in a list beside it and in the address. */

import { ApiError, get, type Listed, type Neighbor, type PredicateCount } from "./api";
import { placeNew } from "./graph/layout";
import { GraphModel, type GraphData, type GraphEdge, type GraphNode } from "./graph/model";
import { GraphView } from "./graph/view";

const STEP = 15;
const MAX_NODES = 300;

function need<T extends Element>(selector: string): T {
  const found = document.querySelector<T>(selector);
  if (!found) throw new Error(`The page lacks ${selector}`);
  return found;
}

/** Per predicate: how it reads from subject to object, and the other way round. */
type Labels = Record<string, [string, string]>;

export function toEdge(from: string, neighbor: Neighbor, labels: Labels): GraphEdge {
  const [source, target] = neighbor.direction === "out" ? [from, neighbor.node.curie] : [neighbor.node.curie, from];
  return {
    id: `${source}|${neighbor.predicate}|${target}|${neighbor.certainty}`,
    source, target,
    predicate: neighbor.predicate, label: labels[neighbor.predicate]?.[0] ?? neighbor.predicate,
    sign: neighbor.sign, certainty: neighbor.certainty, statements: [neighbor.statement],
  };
}

function start(svg: SVGSVGElement): void {
  const data = JSON.parse(need<HTMLScriptElement>("#graph-data").textContent ?? "{}") as GraphData;
  const labels = JSON.parse(need<HTMLScriptElement>("#graph-labels").textContent ?? "{}") as Labels;
  const model = new GraphModel(data);
  const panel = need<HTMLElement>("#graph-panel");
  const list = need<HTMLElement>("#graph-list");
  const status = need<HTMLElement>("#graph-status");
  const undo = need<HTMLButtonElement>("[data-action=undo]");

  const view = new GraphView(svg, model, {
    open: (node) => void openNode(node),
    openEdge,
    moved: remember,
  });

  function remember(): void {
    const query = model.toParameters().toString();
    window.history.replaceState(null, "", query ? `/explore?${query}` : "/explore");
  }

  function refresh(message: string): void {
    view.draw();
    drawList();
    undo.disabled = !model.canUndo();
    status.textContent = message;
    remember();
  }

  function button(text: string, action: () => void): HTMLButtonElement {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", action);
    return made;
  }

  function link(text: string, href: string): HTMLAnchorElement {
    const made = document.createElement("a");
    made.href = href;
    made.textContent = text;
    return made;
  }

  function heading(text: string): HTMLHeadingElement {
    const made = document.createElement("h2");
    made.textContent = text;
    return made;
  }

  async function openNode(node: GraphNode): Promise<void> {
    panel.replaceChildren(heading(node.label), link("Open its page", `/entity/${encodeURIComponent(node.id)}`));
    const menu = document.createElement("ul");
    menu.className = "expand";
    panel.append(menu);
    const waiting = document.createElement("li");
    waiting.textContent = "Counting connections…";
    menu.append(waiting);
    try {
      const counts = await get<Listed<PredicateCount>>(`/entities/${encodeURIComponent(node.id)}/counts`);
      menu.replaceChildren(
        ...counts.items.map((item) => {
          const entry = document.createElement("li");
          const arrow = item.direction === "out" ? "→" : "←";
          const label = labels[item.predicate]?.[item.direction === "out" ? 0 : 1] ?? item.predicate;
          entry.append(button(`${arrow} ${label} (${item.nodes})`, () => void expand(node, item)));
          return entry;
        }),
      );
      if (counts.items.length === 0) waiting.textContent = "No connections in this graph.";
      if (counts.items.length === 0) menu.replaceChildren(waiting);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      waiting.textContent = error.message;
    }
    panel.append(button("Hide this node", () => {
      model.hide(node.id);
      refresh(`${node.label} hidden.`);
    }));
  }

  async function expand(node: GraphNode, item: PredicateCount): Promise<void> {
    try {
      const answer = await get<Listed<Neighbor>>(`/entities/${encodeURIComponent(node.id)}/neighbors`, {
        predicate: item.predicate,
        direction: item.direction,
        limit: String(STEP),
      });
      const room = MAX_NODES - model.nodes.size;
      const nodes = new Map<string, GraphNode>();
      for (const { node: other } of answer.items) {
        nodes.set(other.curie, { id: other.curie, type: other.type, label: other.label, x: 0, y: 0, pinned: false });
      }
      const fresh = [...nodes.values()].filter((n) => !model.nodes.has(n.id)).slice(0, Math.max(room, 0));
      const edges = new Map<string, GraphEdge>();
      for (const neighbor of answer.items) {
        const edge = toEdge(node.id, neighbor, labels);
        const same = edges.get(edge.id);
        if (same) same.statements.push(...edge.statements);
        else edges.set(edge.id, edge);
      }
      const added = model.add({ nodes: fresh, edges: [...edges.values()] });
      placeNew(model, added.nodes, node);
      const more = answer.total !== null && answer.total > answer.items.length ? `; ${answer.total - answer.items.length} more on its page` : "";
      const full = room <= 0 ? ` The picture is full at ${MAX_NODES} nodes.` : "";
      refresh(`${added.nodes.length} nodes and ${added.edges.length} connections added${more}.${full}`);
      view.focus(node.id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      status.textContent = error.message;
    }
  }

  function openEdge(edge: GraphEdge): void {
    const from = model.nodes.get(edge.source)?.label ?? edge.source;
    const to = model.nodes.get(edge.target)?.label ?? edge.target;
    const sources = document.createElement("ul");
    for (const statement of edge.statements) {
      const entry = document.createElement("li");
      entry.append(link("Who states it, and where", `/statement/${encodeURIComponent(statement)}`));
      sources.append(entry);
    }
    const certainty = document.createElement("p");
    certainty.textContent = `Certainty: ${edge.certainty}`;
    panel.replaceChildren(heading(`${from} ${edge.label} ${to}`), certainty, sources);
  }

  function drawList(): void {
    list.replaceChildren(
      ...[...model.nodes.values()].map((node) => {
        const entry = document.createElement("li");
        entry.append(button(node.label, () => void openNode(node)));
        const inner = document.createElement("ul");
        for (const edge of model.edgesOf(node.id).filter((e) => e.source === node.id)) {
          const row = document.createElement("li");
          row.append(button(`${edge.label} ${model.nodes.get(edge.target)?.label ?? edge.target}`, () => openEdge(edge)));
          inner.append(row);
        }
        if (inner.childElementCount > 0) entry.append(inner);
        return entry;
      }),
    );
  }

  function takeBack(): void {
    if (model.undo()) refresh("Last step taken back.");
  }

  undo.addEventListener("click", takeBack);
  need<HTMLButtonElement>("[data-action=fit]").addEventListener("click", () => view.fit());
  need<HTMLButtonElement>("[data-action=in]").addEventListener("click", () => view.zoomBy(1.3));
  need<HTMLButtonElement>("[data-action=out]").addEventListener("click", () => view.zoomBy(1 / 1.3));
  need<HTMLButtonElement>("[data-action=svg]").addEventListener("click", () => {
    const blob = new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });
    const download = link("", URL.createObjectURL(blob));
    download.download = "sarcoma-kg-graph.svg";
    download.click();
    URL.revokeObjectURL(download.href);
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "z") {
      event.preventDefault();
      takeBack();
    }
  });
  view.draw();
  drawList();
  view.fit();
  document.querySelectorAll<HTMLElement>("[data-needs-script]").forEach((part) => (part.hidden = false));
}

const svg = document.querySelector<SVGSVGElement>("svg#graph");
if (svg) start(svg);
