/** What the reader has before them: the graph and its picture, what is chosen, and the page that tells of both. */

import { ApiError } from "../api";
import { AddressBar } from "./address";
import { filteredOut, type Words } from "./facets";
import { drawFilters } from "./filters";
import { drawList, markInList } from "./list";
import { GraphModel, type GraphEdge, type GraphNode, type GraphRest } from "./model";
import { wordsFrom, type Page } from "./page";
import { button, make } from "./panel";
import { GraphView } from "./view";

/** Up to so many pixels the panel stands below the picture, and comes into view when it has something to tell. */
const NARROW = 832;
/** Up to so many it lies over the foot of the page. */
const SHEET = 700;
/** How long a message lies over the picture. */
const TOAST_MS = 8000;

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What the panel can tell of. */
export interface Panels {
  node(desk: Desk, node: GraphNode, byKey: boolean): void;
  edge(desk: Desk, edge: GraphEdge, byKey: boolean): void;
  rest(desk: Desk, rest: GraphRest, byKey: boolean): void;
  paths(desk: Desk, byKey: boolean): void;
  /** A key pressed on the picture that neither moves on nor opens. */
  key(desk: Desk, one: GraphNode | GraphRest | undefined, event: KeyboardEvent): void;
}

export class Desk {
  readonly model: GraphModel;
  readonly view: GraphView;
  readonly words: Words;
  chosen = "";
  /** Where paths begin, until their other end is chosen. */
  from: GraphNode | undefined;
  /** What the panel counts follows the picture. */
  retell: () => void = () => undefined;
  /** A view that is just opened is not scrolled. */
  isReady = false;
  private readonly address: AddressBar;
  private readonly toast = make("p", "", "toast");
  private fading = 0;

  constructor(
    readonly page: Page,
    readonly panels: Panels,
  ) {
    this.model = new GraphModel(page.saved);
    this.words = wordsFrom(page.labels, page.saved.agents);
    this.address = new AddressBar(page.share);
    this.view = new GraphView(page.svg, this.model, {
      open: (node, byKey) => panels.node(this, node, byKey),
      openEdge: (edge, byKey) => panels.edge(this, edge, byKey),
      openRest: (rest, byKey) => panels.rest(this, rest, byKey),
      moved: (one, from) => {
        this.model.moved(one, from);
        this.settle("label" in one && "type" in one ? `${one.label} pinned.` : "Moved.");
      },
      looked: () => this.keepAddress(),
      key: (one, event) => panels.key(this, one, event),
      typeName: (type) => this.words.type(type),
    });
    this.toast.hidden = true;
    this.view.stage.append(this.toast);
  }

  /** After a change that is drawn already: words, buttons and address follow. */
  settle(message: string): void {
    this.toast.hidden = true; // what it offers to take back is no longer the last step
    this.button("undo").disabled = !this.model.canUndo();
    this.button("redo").disabled = !this.model.canRedo();
    const { nodes, edges } = this.model;
    const out = [...filteredOut(this.model)];
    const counted = (things: number, connections: number): string => `${plural(things, "thing")}, ${plural(connections, "connection")}`;
    const left = out.length > 0 ? `; filtered out: ${counted(out.filter((id) => nodes.has(id)).length, out.filter((id) => edges.has(id)).length)}` : "";
    this.page.status.textContent = `${message} ${counted(nodes.size, edges.size)}${left}.`;
    this.keepAddress();
  }

  keepAddress(): void {
    void this.address.follow(this.parameters());
  }

  parameters(): URLSearchParams {
    return this.model.toParameters(this.chosen, this.page.data, this.view.look());
  }

  /** Draws everything anew. */
  refresh(message: string): void {
    this.view.draw();
    this.redrawBeside();
    if (this.chosen) this.view.choose(this.chosen);
    this.view.trace(this.model.traced());
    this.retell();
    this.settle(message);
  }

  /** The list, the legend and the filter follow the picture. */
  redrawBeside(): void {
    drawList(this.page.list, this.model, this.words, {
      open: (node) => this.panels.node(this, node, true),
      openEdge: (edge) => this.panels.edge(this, edge, true),
      openRest: (rest) => this.panels.rest(this, rest, true),
    });
    markInList(this.page.list, this.chosen);
    drawFilters(this);
  }

  /** Something is chosen: the picture and the list say so. */
  mark(id: string): void {
    this.chosen = id;
    this.view.choose(id);
    markInList(this.page.list, id);
  }

  /** The panel tells of something; by key, what it offers is focused. */
  show(id: string, parts: Node[], byKey: boolean, mayScroll = this.isReady): void {
    const { panel } = this.page;
    panel.replaceChildren(this.closing(), ...parts);
    panel.classList.toggle("idle", !id && !this.model.paths);
    panel.scrollTop = 0;
    this.mark(id);
    if (mayScroll && window.innerWidth <= NARROW && window.innerWidth > SHEET) panel.scrollIntoView({ block: "nearest" });
    this.keepAddress();
    if (byKey) this.focusIn(":is(button, a, input)");
  }

  /** Where the panel lies over the page, it can be put away. */
  private closing(): HTMLButtonElement {
    const made = button("Close", () => {
      const { chosen, model, page, view } = this;
      page.panel.classList.add("idle");
      view.focus(model.edges.get(chosen)?.source ?? chosen);
    });
    made.className = "close";
    return made;
  }

  /** Focuses the first of the parts of the panel, in the order in which they are asked for. */
  focusIn(...selectors: string[]): void {
    const found = selectors.map((selector) => this.page.panel.querySelector<HTMLElement>(`${selector}:not(.close)`));
    found.find((part) => part !== null)?.focus();
  }

  /** Says over the picture what a step did; where it did something, it can be taken back there. */
  say(message: string, undo?: () => void): void {
    const away = (): void => {
      this.toast.hidden = true;
    };
    this.toast.replaceChildren(make("span", message), ...(undo ? [button("Undo", undo)] : []));
    this.toast.hidden = false;
    window.clearTimeout(this.fading);
    const later = (): void => {
      if (this.toast.matches(":hover, :focus-within")) this.fading = window.setTimeout(later, TOAST_MS);
      else away();
    };
    this.fading = window.setTimeout(later, TOAST_MS);
  }

  /** A message that a step could not be done, or did nothing. */
  tell(message: string): void {
    this.page.status.textContent = message;
    this.say(message);
  }

  button(action: string): HTMLButtonElement {
    const found = document.querySelector<HTMLButtonElement>(`.toolbar [data-action=${action}]`);
    if (!found) throw new Error(`The page lacks the button ${action}`);
    return found;
  }
}

/** What a failed request says; faults of the program itself are passed on. */
export function told(error: unknown): string {
  if (error instanceof ApiError || error instanceof TypeError) return error.message;
  throw error;
}
