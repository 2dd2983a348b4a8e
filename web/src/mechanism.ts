/** The drawn chain: choosing a line in the picture opens the step with its sources, and the other way round. */

function mark(id: string): void {
  document.querySelectorAll("[data-step]").forEach((part) => part.classList.toggle("chosen", part.getAttribute("data-step") === id));
}

/** Opens what a step lies in, here: of several chains that share it the one that is open already, or the first. */
function choose(id: string): void {
  mark(id);
  const steps = [...document.querySelectorAll<HTMLElement>(`li[data-step="${CSS.escape(id)}"]`)];
  const step = steps.find((one) => one.closest("details")?.open) ?? steps[0];
  if (!step) return;
  for (let around = step.closest("details"); around; around = around.parentElement?.closest("details") ?? null) around.open = true;
  step.scrollIntoView({ block: "center" });
  step.focus({ preventScroll: true });
  window.history.replaceState(null, "", `#${id}`);
}

/** What the address names, a step or a chain, stands open. */
function follow(): void {
  const name = decodeURIComponent(window.location.hash.slice(1));
  if (name.startsWith("step-")) choose(name);
  const chain = document.getElementById(name);
  if (chain instanceof HTMLDetailsElement) chain.open = true;
}

follow();
window.addEventListener("hashchange", follow);

document.querySelectorAll<Element>("figure.drawing a[data-step]").forEach((edge) => {
  edge.addEventListener("click", (event) => {
    event.preventDefault();
    choose(edge.getAttribute("data-step") ?? "");
  });
});

document.querySelectorAll<HTMLElement>("li[data-step]").forEach((step) => {
  for (const kind of ["mouseenter", "focusin"]) step.addEventListener(kind, () => mark(step.getAttribute("data-step") ?? ""));
});
