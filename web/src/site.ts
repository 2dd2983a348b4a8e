/** Every page: name fields suggest while you type. Without this script they are plain form fields. */

import "./site.css";
import { offerPng } from "./files";
import { keepCanvas, suggest } from "./suggest";
import { watchNavigation } from "./waiting";

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

watchNavigation();
keepCanvas();
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

// On a narrow screen the links are one row that scrolls: the page one is on shows there.
const links = document.querySelector<HTMLElement>("header.site nav");
const current = links?.querySelector<HTMLElement>("[aria-current]");
if (links && current && links.scrollWidth > links.clientWidth) links.scrollLeft = current.offsetLeft - links.offsetLeft - 12;

// On a narrow screen a drawing opens where its subject stands.
document.querySelectorAll<HTMLElement>("figure.drawing .scroll").forEach((frame) => {
  const centre = frame.querySelector(".role-centre")?.getBoundingClientRect();
  if (centre && frame.scrollWidth > frame.clientWidth) frame.scrollLeft += centre.left - frame.getBoundingClientRect().left - 12;
});

// From a source, a passage or a thing one link leads back to what was asked, however many of them lie between.
const ASKING = /^\/(evidence|mechanism|compare|explain|explore|gaps|search|questions\/.+)$/;

/** What this tab remembers; nothing where the browser keeps nothing. */
function memory(): Storage | undefined {
  try {
    return window.sessionStorage;
  } catch {
    return undefined;
  }
}

/** Where a question was asked last, and its heading: in this tab, or in the one that opened it. */
function lastAsked(): string[] {
  const kept = memory()?.getItem("asked")?.split("\n");
  if (kept || !document.referrer) return kept ?? [];
  const opener = new URL(document.referrer);
  return opener.origin === window.location.origin && ASKING.test(opener.pathname) ? [opener.href] : [];
}

function remember(): void {
  const heading = document.querySelector("h1")?.textContent?.trim() ?? "";
  if (ASKING.test(window.location.pathname)) memory()?.setItem("asked", `${window.location.href}\n${heading}`);
}

function offerWayBack(): void {
  const kind = document.querySelector("main > .meta.kind");
  const [href, asked] = lastAsked();
  if (!kind || !href || ASKING.test(window.location.pathname)) return;
  const way = document.createElement("span");
  const back = document.createElement("a");
  way.className = "back";
  back.href = href;
  back.textContent = "Back to your question";
  if (asked) back.setAttribute("aria-label", `Back to your question: ${asked}`);
  way.append(" · ", back);
  kind.append(way);
}

offerWayBack();
remember();
window.addEventListener("pagehide", remember); // once more: the address of a picture changes while it is explored

/** What the address names may lie folded: not every browser opens it by itself. */
function unfold(): void {
  const named = document.getElementById(window.location.hash.slice(1));
  const folded = named?.closest<HTMLDetailsElement>("details:not([open])");
  if (!named || !folded) return;
  for (let around: HTMLDetailsElement | null | undefined = folded; around; around = around.parentElement?.closest("details")) around.open = true;
  named.scrollIntoView();
}

unfold();
window.addEventListener("hashchange", unfold);

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
