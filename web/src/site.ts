/** Every page: name fields suggest while you type. Without this script they are plain form fields. */

import "./site.css";
import { ApiError, get, type Listed, type SearchHit } from "./api";
import { offerPng } from "./files";

const WAIT_MS = 120;
const WORDS: Record<string, string> = {
  DrugClass: "drug class", JointCause: "joint cause", CellState: "cell state", AdverseEvent: "adverse event", TimelineEvent: "event",
};

function suggest(input: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.id = `${input.id}-options`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.after(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off",
  })) input.setAttribute(name, value);

  // "go" leads to the page of what is chosen, "fill" puts its name into the field.
  const goes = input.dataset["suggest"] === "go";
  const types = (input.dataset["types"] ?? "").split(",").filter(Boolean);
  let hits: SearchHit[] = [];
  let active = -1;
  let timer = 0;
  let request: AbortController | undefined;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (hit: SearchHit): void => {
    if (goes) {
      window.location.assign(`/entity/${encodeURIComponent(hit.curie)}`);
    } else {
      input.value = hit.label;
      input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: hit.curie }));
      close();
    }
  };
  const activate = (index: number): void => {
    const options = [...list.children];
    if (options.length === 0) return;
    active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", options[active]?.id ?? "");
  };
  const show = (found: SearchHit[]): void => {
    hits = found;
    list.replaceChildren(
      ...found.map((hit, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("span");
        name.className = "name";
        name.textContent = hit.label;
        const detail = document.createElement("span");
        detail.className = "hint";
        const kind = WORDS[hit.type] ?? hit.type.toLowerCase();
        detail.textContent = hit.matched && ![hit.label, hit.curie.split(":")[1]].includes(hit.matched) ? `${kind} · also called ${hit.matched}` : kind;
        option.append(name, detail);
        // Not click: the field would lose its focus first, and the list would close.
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(hit);
        });
        return option;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = found.length === 0 ? "No suggestion" : `${found.length} suggestion${found.length === 1 ? "" : "s"}`;
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    request?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    timer = window.setTimeout(() => {
      request = new AbortController();
      get<Listed<SearchHit>>("/search", { q: text, limit: "8", ...(types.length > 0 ? { type: types } : {}) }, request.signal)
        .then((answer) => show(answer.items))
        .catch((error: unknown) => {
          // A suggestion that does not come is no loss: the form still works.
          if (error instanceof ApiError || error instanceof TypeError) close();
          else if (!(error instanceof DOMException)) throw error;
        });
    }, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (list.hidden) return;
      event.preventDefault();
      activate(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      const hit = hits[active];
      if (hit) {
        event.preventDefault();
        choose(hit);
      }
    }
  });
  input.addEventListener("blur", close);
}

/** A button that copies what a block says. */
function offerCopy(block: HTMLElement): void {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(block.textContent ?? "").then(
      () => (button.textContent = "Copied"),
      () => window.getSelection()?.selectAllChildren(block), // not allowed: the reader copies what is marked
    );
  });
  block.after(button);
}

document.querySelectorAll<HTMLInputElement>("input[data-suggest]").forEach(suggest);
document.querySelectorAll<HTMLElement>("[data-copy]").forEach(offerCopy);
document.querySelectorAll<HTMLAnchorElement>(".share a[href*='format=svg']").forEach(offerPng);

// The choice is kept in a cookie, so that the server draws the next page in these colours from the start.
const theme = document.querySelector<HTMLSelectElement>("#theme");
theme?.closest<HTMLElement>("[data-needs-script]")?.removeAttribute("hidden");
theme?.addEventListener("change", () => {
  document.cookie = `theme=${theme.value}; path=/; max-age=${theme.value ? 31_536_000 : 0}; samesite=lax`;
  if (theme.value) document.documentElement.dataset["theme"] = theme.value;
  else delete document.documentElement.dataset["theme"];
});

// On a narrow screen a drawing opens where its subject stands.
document.querySelectorAll<HTMLElement>("figure.drawing .scroll").forEach((frame) => {
  const centre = frame.querySelector(".role-centre")?.getBoundingClientRect();
  if (centre && frame.scrollWidth > frame.clientWidth) frame.scrollLeft += centre.left - frame.getBoundingClientRect().left - 12;
});

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.isContentEditable && !target.shadowRoot) {
    const box = document.querySelector<HTMLInputElement>("input[data-suggest=go]");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  }
});
