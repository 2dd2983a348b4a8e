/** The drawn path: choosing a step in the picture opens its sources, and the other way round. */

function choose(id: string): void {
  document.querySelectorAll("[data-step]").forEach((part) => part.classList.toggle("chosen", part.getAttribute("data-step") === id));
  const card = document.querySelector<HTMLElement>(`details[data-step="${CSS.escape(id)}"]`);
  if (card instanceof HTMLDetailsElement) {
    card.open = true;
    card.scrollIntoView({ block: "nearest" });
  }
}

document.querySelectorAll<SVGElement>("svg [data-step]").forEach((edge) => {
  const id = edge.getAttribute("data-step") ?? "";
  edge.addEventListener("click", (event) => {
    event.preventDefault();
    choose(id);
  });
});

document.querySelectorAll<HTMLDetailsElement>("details[data-step]").forEach((card) => {
  card.addEventListener("toggle", () => {
    if (!card.open) return;
    const id = card.getAttribute("data-step") ?? "";
    document.querySelectorAll("[data-step]").forEach((part) => part.classList.toggle("chosen", part.getAttribute("data-step") === id));
  });
});
