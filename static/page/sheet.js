/**
 * The sheet: a form over the card, one thing at a time. It opens when a form comes into `#form` and closes when the form was accepted or put away.
 * Putting away loses nothing: the draft stays (kept.js). Without script the same link is a page of its own.
 */
import { showAlarms } from "./alarms.js";

export function formsOnSheet() {
  const sheet = document.getElementById("sheet");
  const place = document.getElementById("form");
  if (!sheet || !place) return;
  let opener = null;
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[hx-get]")) opener = event.target.closest("[hx-get]");
    if (sheet.open && event.target.closest?.("[data-close]")) {
      event.preventDefault();
      place.replaceChildren();
    }
  });
  sheet.addEventListener("cancel", () => place.replaceChildren());
  new MutationObserver(() => {
    const full = place.childElementCount > 0;
    if (full && !sheet.open) {
      sheet.showModal();
      sheet.scrollTop = 0;
      showAlarms();
    }
    if (full) (place.querySelector("[role=alert]") ?? place.querySelector(".form-title"))?.focus();
    if (!full && sheet.open) {
      sheet.close();
      showAlarms();
      if (opener?.isConnected && document.activeElement !== opener) opener.focus();
    }
  }).observe(place, { childList: true });
}
