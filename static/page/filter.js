/** Looking through a list by typing: `[data-filter]` is a field, and its value the selector of what it hides. Without script the list is whole. */
export function filterLists() {
  for (const field of document.querySelectorAll("[data-filter]")) {
    field.closest("[hidden]")?.removeAttribute("hidden");
    field.addEventListener("input", () => sift(field));
  }
}

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

function sift({ value, dataset, form }) {
  const items = [...document.querySelectorAll(dataset.filter)];
  for (const item of items) item.hidden = !plain(item.textContent).includes(plain(value.trim()));
  const none = form.querySelector("[role=status]");
  none.textContent = items.every((item) => item.hidden) ? none.dataset.none : "";
}
