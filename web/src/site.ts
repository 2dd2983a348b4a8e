/** Every page: the search box suggests while you type. Without this script it is a plain form. */

import "./site.css";
import { ApiError, get, type Listed, type SearchHit } from "./api";

const WAIT_MS = 120;

function suggest(input: HTMLInputElement): void {
  const list = document.createElement("ul");
  list.id = `${input.id}-options`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  input.after(list);
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  list.after(status);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off",
  })) input.setAttribute(name, value);

  let active = -1;
  let timer = 0;
  let request: AbortController | undefined;

  const close = (): void => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const activate = (index: number): void => {
    const options = [...list.querySelectorAll<HTMLElement>("[role=option]")];
    if (options.length === 0) return;
    active = (index + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", options[active]?.id ?? "");
  };
  const show = (hits: SearchHit[]): void => {
    list.replaceChildren(
      ...hits.map((hit, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const link = document.createElement("a");
        link.href = `/entity/${encodeURIComponent(hit.curie)}`;
        link.tabIndex = -1;
        link.textContent = hit.label;
        const detail = document.createElement("span");
        detail.className = "hint";
        detail.textContent = hit.matched && hit.matched !== hit.label ? `${hit.type} · also called ${hit.matched}` : hit.type;
        option.append(link, detail);
        option.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          link.click();
        });
        return option;
      }),
    );
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    status.textContent = hits.length === 0 ? "No suggestion" : `${hits.length} suggestion${hits.length === 1 ? "" : "s"}`;
  };
  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    request?.abort();
    const text = input.value.trim();
    if (text.length < 2) return close();
    timer = window.setTimeout(() => {
      request = new AbortController();
      get<Listed<SearchHit>>("/search", { q: text, limit: "8" }, request.signal)
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
      event.preventDefault();
      activate(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      close();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      list.querySelectorAll<HTMLAnchorElement>("a")[active]?.click();
    }
  });
  input.addEventListener("blur", close);
}

document.querySelectorAll<HTMLInputElement>("input[data-suggest]").forEach(suggest);

document.addEventListener("keydown", (event) => {
  const target = event.target as HTMLElement;
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !target.isContentEditable) {
    const box = document.querySelector<HTMLInputElement>("input[data-suggest]");
    if (box) {
      event.preventDefault();
      box.focus();
    }
  }
});
