/** What keys do on the picture and on the whole page. */

import type { Desk } from "./desk";
import { openFilter } from "./filters";
import type { GraphNode, GraphRest } from "./model";
import { need } from "./page";
import { findPaths, startPaths } from "./pathfinding";
import { doAgain, hide, pin, takeBack } from "./steps";

/** A key on a thing, a "+n more", or the picture itself. */
export function onKey(desk: Desk, one: GraphNode | GraphRest | undefined, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const node = one && !("items" in one) ? one : undefined;
  const rest = one && "items" in one ? one : undefined;
  const { from, view } = desk;
  const keys: Record<string, (() => void) | undefined> = {
    e: node ? () => desk.panels.node(desk, node, true) : rest && (() => desk.panels.rest(desk, rest, true)),
    h: one && (() => hide(desk, one)),
    f: node && (() => (from && from !== node ? void findPaths(desk, from, node.id, true) : startPaths(desk, node))),
    p: node && (() => pin(desk, node)),
    l: () => openFilter(desk, true),
    "?": () => need("#keys").toggleAttribute("open"),
    "+": () => view.zoomBy(1.3),
    "-": () => view.zoomBy(1 / 1.3),
    "0": () => {
      view.fit(true);
      desk.keepAddress();
    },
  };
  const action = keys[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
}

/** Undo and redo from anywhere but a field, and Esc back to the picture. */
export function listenToKeys(desk: Desk): void {
  document.addEventListener("keydown", (event) => {
    const isTyping = (event.target as HTMLElement).matches("textarea, select, input:not([type=checkbox])");
    if ((event.ctrlKey || event.metaKey) && !isTyping && /^[zy]$/i.test(event.key)) {
      event.preventDefault();
      if (event.key.toLowerCase() === "y" || event.shiftKey) doAgain(desk);
      else takeBack(desk);
    }
    if (event.key === "Escape") escape(desk);
  });
}

function escape(desk: Desk): void {
  const { from, page, view } = desk;
  const opened = document.querySelector<HTMLDetailsElement>("details.menu[open]");
  if (opened) {
    if (opened.contains(document.activeElement)) opened.querySelector("summary")?.focus();
    opened.open = false;
  } else if (from) {
    desk.from = undefined;
    desk.panels.node(desk, from, false);
    view.focus(from.id);
  } else if (page.filter.contains(document.activeElement)) {
    openFilter(desk, false);
  } else if (page.panel.contains(document.activeElement)) {
    view.focus(desk.model.edges.get(desk.chosen)?.source ?? desk.chosen);
  }
}
