/** This device was revoked: the page forgets what was typed, and shows who comes here nothing but the way to sign in. */
import { tell } from "./worker.js";

/** The page on which the server says it: nothing is kept from here on, and no worker is started. */
export const isSaid = () => document.querySelector("[data-revoked]") !== null;

export function leaveWhenRevoked() {
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => {
    if (data.type !== "revoked") return;
    forget();
    if (!isSaid()) window.location.assign("/login");
  });
  if (!isSaid()) return;
  forget();
  // A worker that has not heard it yet hears it from the server now.
  tell({ type: "share", reason: "asked" });
}

function forget() {
  localStorage.clear();
  sessionStorage.clear();
}
