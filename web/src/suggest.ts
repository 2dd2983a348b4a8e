/**
 * A name field that suggests while you type: a combobox whose list is grouped by kind.
 *
 * Of the search box ("go"), questions come first and a choice opens a page; elsewhere ("fill") a choice fills the field.
 */

import { ApiError, get, type Listed, type SearchHit } from "./api";

const WAIT_MS = 120;
const CANVAS = "/explore";
const KEPT = "canvas";

interface OfferedQuestion {
  label: string;
  page: string;
}

interface SearchAnswer extends Listed<SearchHit> {
  parts: { items: SearchHit[] }[];
  questions: OfferedQuestion[];
}

/** One line of the list; of a thing, `curie` can be added to the graph. */
interface Option {
  group: string;
  name: string;
  why: string;
  page: string;
  curie: string | null;
}

/** Keeps the address of the canvas while this window is open, so that a thing can be added to it from any page. */
export function keepCanvas(): void {
  if (window.location.pathname !== CANVAS) return;
  window.addEventListener("pagehide", () => {
    if (window.location.search) window.sessionStorage.setItem(KEPT, window.location.search);
  });
}

/** Puts a thing on the canvas: here if this page has one, else by opening the last one with it. */
function addToGraph(curie: string): boolean {
  const here = new CustomEvent("skg:add", { detail: curie, cancelable: true });
  if (!document.dispatchEvent(here)) return true;
  const kept = new URLSearchParams(window.sessionStorage.getItem(KEPT) ?? "");
  if (!kept.getAll("node").includes(curie)) kept.append("node", curie);
  window.location.assign(`${CANVAS}?${kept.toString()}`);
  return false;
}

function optionsOf(answer: SearchAnswer, withQuestions: boolean): Option[] {
  const asked = withQuestions ? answer.questions.slice(0, 3) : [];
  const hits = answer.items.length > 0 ? answer.items : answer.parts.flatMap((part) => part.items.slice(0, 2));
  const things = [...new Map(hits.map((hit) => [hit.curie, hit])).values()];
  const kinds = [...new Set(things.map((hit) => hit.type))];
  return [
    ...asked.map((each) => ({ group: "Questions", name: each.label, why: "", page: each.page, curie: null })),
    ...kinds.flatMap((kind) =>
      things.filter((hit) => hit.type === kind).map((hit) => ({
        group: plural(kind), name: hit.label, why: whyOf(hit), page: `/entity/${encodeURIComponent(hit.curie)}`, curie: hit.curie,
      })),
    ),
  ];
}

/** A class in words: "AdverseEvent" is "Adverse events". */
function plural(kind: string): string {
  const words = kind.replace(/(?<=[a-z])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
  return /(s|x)$/.test(words) ? `${words}es` : `${words.replace(/([^aeo])y$/, "$1ie")}s`;
}

/** Which name matched, where it is not the one that is shown. */
function whyOf(hit: SearchHit): string {
  if (!hit.matched || [hit.label, hit.curie, hit.curie.split(":")[1]].includes(hit.matched)) return "";
  return `${/^[A-Za-z]+:\S+$/.test(hit.matched) ? "identifier" : "synonym"}: ${hit.matched}`;
}

function part(tag: string, role: string, className: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  if (role) made.setAttribute("role", role);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

class Suggestions {
  private readonly popup = part("div", "", "suggestions");
  private readonly list = part("div", "listbox", "");
  private readonly status = part("p", "status", "visually-hidden");
  // "go" leads to the page of what is chosen, "fill" puts its name into the field.
  private readonly goes: boolean;
  private options: Option[] = [];
  private active = -1;
  private timer = 0;
  private request: AbortController | undefined;

  constructor(private readonly input: HTMLInputElement) {
    this.goes = input.dataset["suggest"] === "go";
    this.list.id = `${input.id}-options`;
    this.list.setAttribute("aria-label", "Suggestions");
    this.popup.append(this.list);
    if (this.goes) this.popup.append(part("p", "", "hint", "Enter opens, Shift+Enter adds to the graph"));
    this.popup.hidden = true;
    input.after(this.popup, this.status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list", autocomplete: "off",
    })) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
    if (document.activeElement === input && input.value !== input.defaultValue) this.typed(); // before this script had come
  }

  private close(): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.popup.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private choose(option: Option): void {
    if (this.goes) return window.location.assign(option.page);
    this.input.value = option.name;
    this.input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: option.curie }));
    this.close();
  }

  private add(option: Option): void {
    if (!option.curie || !addToGraph(option.curie)) return;
    this.close();
    this.status.textContent = `Added ${option.name} to the graph`;
  }

  private activate(index: number): void {
    const shown = [...this.list.querySelectorAll("[role=option]")];
    if (shown.length === 0) return;
    this.active = (index + shown.length) % shown.length;
    shown.forEach((option, i) => option.setAttribute("aria-selected", String(i === this.active)));
    const now = shown[this.active];
    this.input.setAttribute("aria-activedescendant", now?.id ?? "");
    now?.scrollIntoView({ block: "nearest" });
  }

  private show(found: Option[]): void {
    this.options = found;
    const groups = [...new Set(found.map((option) => option.group))];
    this.list.replaceChildren(...groups.map((group, number) => this.group(group, number)));
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.popup.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    const count = `${found.length} suggestion${found.length === 1 ? "" : "s"}`;
    this.status.textContent = found.length === 0 ? "No suggestion" : `${count}: ${groups.join(", ")}`;
  }

  private group(name: string, number: number): HTMLElement {
    const made = part("ul", "group", "");
    const heading = part("li", "presentation", "group", name);
    heading.id = `${this.list.id}-group-${number}`;
    made.setAttribute("aria-labelledby", heading.id);
    made.append(heading);
    this.options.forEach((option, index) => {
      if (option.group === name) made.append(this.line(option, index));
    });
    return made;
  }

  private line(option: Option, index: number): HTMLElement {
    const made = part("li", "option", "");
    made.id = `${this.list.id}-${index}`;
    made.setAttribute("aria-selected", "false");
    made.append(part("span", "", "name", option.name));
    if (option.why) made.append(part("span", "", "hint", option.why));
    // Not click: the field would lose its focus first, and the list would close.
    made.addEventListener("mousedown", (event) => {
      event.preventDefault();
      if (event.shiftKey && this.goes) this.add(option);
      else this.choose(option);
    });
    return made;
  }

  private typed(): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) return this.close();
    this.timer = window.setTimeout(() => void this.ask(text), WAIT_MS);
  }

  private async ask(text: string): Promise<void> {
    const types = (this.input.dataset["types"] ?? "").split(",").filter(Boolean);
    this.request = new AbortController();
    try {
      const asked = { q: text, limit: "8", facts: "0", ...(types.length > 0 ? { type: types } : {}) };
      this.show(optionsOf(await get<SearchAnswer>("/search", asked, this.request.signal), this.goes));
    } catch (error) {
      // A suggestion that does not come is no loss: the form still works.
      if (error instanceof ApiError || error instanceof TypeError) this.close();
      else if (!(error instanceof DOMException)) throw error;
    }
  }

  private pressed(event: KeyboardEvent): void {
    if (this.popup.hidden) {
      if (event.key === "Escape") this.close(); // also what has not come yet
      return;
    }
    const chosen = this.options[this.active];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.activate(this.active + (event.key === "ArrowDown" ? 1 : this.active < 0 ? 0 : -1));
    else if (event.key === "Escape") this.close(); // and nothing more: a browser would clear the field
    else if (event.key === "Enter" && chosen && event.shiftKey && this.goes) this.add(chosen);
    else if (event.key === "Enter" && chosen) this.choose(chosen);
    else return;
    event.preventDefault();
  }
}

export function suggest(input: HTMLInputElement): void {
  new Suggestions(input);
}
