/** Nobody answered: no worker and no server. The form stays as it is, and says so where its reader looks. The words are the layout's. */
export function sayWhatFailed() {
  document.addEventListener("htmx:error", ({ detail }) => detail.ctx && say(detail.ctx));
  document.addEventListener("submit", ({ target }) => target.querySelector("[data-no-answer]")?.remove(), true);
}

function say({ sourceElement, request }) {
  const words = document.querySelector("[data-warning]")?.getAttribute(request?.method === "GET" ? "data-not-opened" : "data-not-sent-form");
  const form = sourceElement?.closest?.("form");
  if (!words) return;
  const told = document.createElement("p");
  told.className = "problems";
  told.setAttribute("role", "alert");
  told.dataset.noAnswer = "";
  told.textContent = words;
  (form ?? sourceElement).parentElement.querySelector(":scope > [data-no-answer], form > [data-no-answer]")?.remove();
  if (form?.querySelector(".form-send")) form.querySelector(".form-send").before(told);
  else (form ?? sourceElement).after(told);
  told.scrollIntoView({ block: "nearest" });
}
