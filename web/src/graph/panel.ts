/** Small DOM pieces for the panel, the list and the legend. */

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
