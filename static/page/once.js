/**
 * One tap writes one entry. A form that is on its way is not sent again before its answer; and a form without an id of its own gets one, which
 * it keeps until it was answered well: when the answer is lost, the next tap is the same entry and no second one.
 */
import { v7 as newId } from "uuid";
import { sentForm } from "./sent.js";

const LONG = 10_000;
const onTheWay = new Set();

export function tapsWriteOnce() {
  document.addEventListener("submit", begin, true);
  document.addEventListener("htmx:after:request", ({ detail }) => {
    if (detail.ctx.response?.status < 400) forgetId(sentForm(detail.ctx));
  });
  document.addEventListener("htmx:finally:request", ({ detail }) => onTheWay.delete(sentForm(detail.ctx)));
  // Back on a page that was kept: its forms may be sent again.
  window.addEventListener("pageshow", () => onTheWay.clear());
}

function begin(event) {
  const form = event.target;
  if (onTheWay.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.method !== "post") return;
  onTheWay.add(form);
  if (!form.hasAttribute("hx-post")) setTimeout(() => onTheWay.delete(form), LONG);
  const { pathname } = new URL(form.action, location.href);
  if (pathname.endsWith("/entries") && !form.querySelector("input[name=id]")) giveId(form);
}

function giveId(form) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "id", value: newId() });
  field.dataset.once = "";
  form.append(field);
}

const forgetId = (form) => form?.querySelector("input[data-once]")?.remove();
