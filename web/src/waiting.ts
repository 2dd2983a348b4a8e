/** What takes long says so: at once that it runs, after a second for how long already, with a button that ends it. */

const [SOON_MS, LONG_MS] = [150, 1000];

interface Wait {
  since: number;
  cancel: () => void;
  from: Element | null; // where the reader was
}

const waits = new Set<Wait>();
let bar: HTMLElement | undefined;
let timer = 0;

/** Begins to wait. Returns: what to call at the end. `cancel` gives up what is waited for. */
export function wait(cancel: () => void): () => void {
  const mine = { since: performance.now(), cancel, from: document.activeElement };
  waits.add(mine);
  tell();
  return () => {
    waits.delete(mine);
    tell();
  };
}

/** Shows what the oldest wait has come to, and looks again when that changes. */
function tell(): void {
  window.clearTimeout(timer);
  const oldest = [...waits][0];
  const waited = oldest ? performance.now() - oldest.since : 0;
  document.documentElement.classList.toggle("waiting", waited >= SOON_MS);
  bar ??= makeBar();
  const [status, seconds] = [bar.querySelector("[role=status]"), bar.querySelector("span")];
  const isLong = waited >= LONG_MS;
  bar.classList.toggle("long", isLong);
  bar.querySelector("button")?.toggleAttribute("hidden", !isLong);
  // Those who listen hear it once, not every second.
  if (status && (status.textContent !== "") !== isLong) status.textContent = isLong ? "Working" : "";
  if (seconds) seconds.textContent = isLong ? `, ${Math.floor(waited / 1000)} s` : "";
  if (oldest) timer = window.setTimeout(tell, waited < SOON_MS ? SOON_MS - waited : waited < LONG_MS ? LONG_MS - waited : LONG_MS - (waited % LONG_MS));
}

function makeBar(): HTMLElement {
  const made = document.createElement("div");
  made.className = "wait";
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const seconds = document.createElement("span");
  seconds.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Cancel";
  button.addEventListener("click", () => {
    const given = [...waits];
    given.forEach((one) => one.cancel());
    if (given[0]?.from instanceof HTMLElement) given[0].from.focus({ preventScroll: true });
  });
  made.append(status, seconds, button);
  (document.querySelector("main") ?? document.body).append(made);
  return made;
}

/**
 * While another page is on its way, this one stays and is usable. To stop loading closes the connection, on which the
 * server ends its work. Files to keep do not come this way: their links say `download`.
 */
export function watchNavigation(): void {
  let arrived: (() => void) | undefined;
  const end = (): void => {
    arrived?.();
    arrived = undefined;
  };
  window.addEventListener("beforeunload", () => {
    end();
    arrived = wait(() => {
      window.stop();
      end();
    });
  });
  window.addEventListener("pageshow", end); // back from another page, as it was left
}
