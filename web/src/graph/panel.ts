/** Small DOM pieces for the panel, the list and the legend. */

import type { FactCard } from "../api";

export function make<K extends keyof HTMLElementTagNameMap>(name: K, text = "", className = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

export function button(text: string, action: () => void, count?: number): HTMLButtonElement {
  const made = make("button", text);
  made.type = "button";
  if (count !== undefined) made.append(make("span", String(count), "number"));
  made.addEventListener("click", action);
  return made;
}

export function link(text: string, href: string): HTMLAnchorElement {
  const made = make("a", text);
  made.href = href;
  return made;
}

export function listed<T>(items: readonly T[], entry: (item: T) => Node, className = ""): HTMLUListElement {
  const list = make("ul", "", className);
  list.append(...items.map((item) => {
    const row = make("li");
    row.append(entry(item));
    return row;
  }));
  return list;
}

/** Who states a fact, and where. */
export function statedBy(fact: FactCard): HTMLElement {
  const row = make("span", "stated by ");
  row.append(link(fact.asserted_by.map((ref) => ref.label).join(", ") || "a source", `/statement/${encodeURIComponent(fact.curie)}`));
  for (const place of fact.passages) {
    row.append(" · ", link(place.section ? `passage: ${place.section}` : "passage", `/passage/${encodeURIComponent(place.id.replace(/^.*\/passage\//, "passage:"))}`));
  }
  return row;
}
