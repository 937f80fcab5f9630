/** A button that copies a link or a list of codes, and says that it did. Without script it is not there: what it copies can be selected by hand. */
export function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const from = document.querySelector(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(from.value ?? [...from.children].map((one) => one.textContent.trim()).join("\n"));
    } catch {
      from.select?.();
      return;
    }
    button.textContent = button.dataset.copied;
    document.querySelector("[data-copy-said]")?.replaceChildren(button.dataset.copied);
  });
}
