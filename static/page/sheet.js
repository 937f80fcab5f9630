/**
 * The sheet: a form over the card, one thing at a time. It opens when a form comes into `#form` and closes when the form was accepted or put away.
 * Putting away loses nothing: the draft stays (kept.js). Without script the same link is a page of its own.
 */
import { showAlarms } from "./alarms.js";
import { backToFormer } from "./language.js";

export function formsOnSheet() {
  const sheet = document.getElementById("sheet");
  const place = document.getElementById("form");
  if (!sheet || !place) return;
  let opener = null;
  closeOnBack(sheet, place);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[hx-get]")) opener = event.target.closest("[hx-get]");
    if (sheet.open && event.target.closest?.("[data-close]")) {
      event.preventDefault();
      place.replaceChildren();
    }
    leadToField(event, place);
  });
  sheet.addEventListener("cancel", () => place.replaceChildren());
  new MutationObserver(() => {
    const full = place.childElementCount > 0;
    if (full && !sheet.open) {
      sheet.showModal();
      sheet.scrollTop = 0;
      showAlarms();
    }
    if (full && !history.state?.sheet) history.pushState({ sheet: true }, "");
    if (full) (place.querySelector("[role=alert]") ?? place.querySelector(".form-title"))?.focus();
    if (!full && sheet.open && !backToFormer()) {
      sheet.close();
      if (history.state?.sheet) history.back();
      showAlarms();
      if (opener?.isConnected && document.activeElement !== opener) opener.focus();
    }
  }).observe(place, { childList: true });
}

/** From the summary of what is wrong to its field. Not as a step in the history: going to a part of the page would be a way back, and close the sheet. */
function leadToField(event, place) {
  const link = event.target.closest?.("a[href^='#']");
  if (!link || !place.contains(link)) return;
  event.preventDefault();
  const field = document.getElementById(link.hash.slice(1));
  const first = field?.matches("input, select, textarea, button") ? field : field?.querySelector("input:not([type=hidden]), select, textarea, button");
  first?.focus();
  field?.scrollIntoView({ block: "center" });
}

/** The way back (Android's gesture, the browser's button) puts the form away and stays on the card. A step that is left over after a reload does nothing. */
function closeOnBack(sheet, place) {
  if (history.state?.sheet) history.replaceState(null, "");
  window.addEventListener("popstate", () => sheet.open && !history.state?.sheet && place.replaceChildren());
}
