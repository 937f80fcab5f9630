/** Signing in with a passkey: by the button, or among what the browser fills in where it asks for the address. */
import { browserSupportsWebAuthnAutofill, platformAuthenticatorIsAvailable, startAuthentication } from "@simplewebauthn/browser";
import { explain, passkeyButtons, perform } from "./passkey.js";

/** A question in the field lives as long as its challenge (store/challenges.py); it is asked anew before that ends. */
const ASK_AGAIN = 4 * 60 * 1000;

/** Whether the button goes before the field: one authenticator answers one question. */
let tapped = false;

/** Waits silently until somebody chooses one. */
async function waitInField() {
  if (tapped || document.visibilityState !== "visible" || !(await fillsIn())) return;
  const place = document.querySelector("[data-passkey]");
  const wait = (optionsJSON) => (tapped ? Promise.reject(new Error("the button goes first")) : startAuthentication({ optionsJSON, useBrowserAutofill: true }));
  perform(place, wait).catch((problem) => problem.said && explain(place, problem));
}

const fillsIn = async () => document.querySelector("input[autocomplete$=webauthn]") && browserSupportsWebAuthnAutofill();

/** The form of the password says whether this device could make a passkey with its own lock: only then one is offered after it. */
async function sayWhatThisDeviceCan() {
  const field = document.querySelector("input[name=can_make]");
  if (field && (await platformAuthenticatorIsAvailable())) field.value = "yes";
}

const buttonGoesFirst = {
  begins: () => (tapped = true),
  failed: () => {
    tapped = false;
    waitInField();
  },
};

if (passkeyButtons((optionsJSON) => startAuthentication({ optionsJSON }), buttonGoesFirst)) {
  sayWhatThisDeviceCan();
  waitInField();
  setInterval(waitInField, ASK_AGAIN);
}
