/**
 * The lock opened by a passkey. Its PRF (WebAuthn level 3, 10.1.4) gives the same 32 bytes for one vault every time, and only after the authenticator saw
 * that it is its person. They go to the worker of this phone, in a form that never leaves it. Where a browser or a passkey has no PRF the form stays
 * hidden, or says so: the PIN is there.
 */
import { base64, bytes } from "../worker/base64.js";

const PATIENCE = 60_000;

for (const form of document.querySelectorAll("[data-prf]")) offer(form);

function offer(form) {
  if (!window.PublicKeyCredential) return;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.prf.value) return;
    event.preventDefault();
    const said = form.querySelector("[data-said]");
    said.hidden = true;
    try {
      const { credential, prf } = await asked(form.dataset);
      form.elements.credential.value = credential;
      form.elements.prf.value = base64(new Uint8Array(prf));
      form.submit();
    } catch (problem) {
      said.textContent = problem.message === "no prf" ? form.dataset.noPrf : form.dataset.cancelled;
      said.hidden = false;
    }
  });
}

async function asked({ rp, prf, credentials }) {
  const found = await navigator.credentials.get({
    publicKey: {
      challenge: crypto.getRandomValues(new Uint8Array(32)),
      rpId: rp,
      userVerification: "required",
      allowCredentials: credentials.split(" ").filter(Boolean).map((id) => ({ type: "public-key", id: bytes(id) })),
      timeout: PATIENCE,
      extensions: { prf: { eval: { first: new TextEncoder().encode(`motorkap vault ${prf}`) } } },
    },
  });
  const first = found.getClientExtensionResults().prf?.results?.first;
  if (!first) throw new Error("no prf");
  return { credential: found.id, prf: first };
}
