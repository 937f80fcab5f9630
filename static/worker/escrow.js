/** The way back when a PIN is forgotten: a secret of this vault that the server keeps, and gives only to its owner who has just signed in. */
import { base64, bytes } from "./base64.js";
import { handedOver, pendingSecret } from "./vault.js";

const PATIENCE = 5_000;

const ask = (id, more) => fetch(`/vault/${id}`, { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE), ...more });

/** True when the server has it: since before, or now. `keep(make)` changes the vault on the disk. */
export async function handIn(vault, key, keep) {
  if (!vault.escrow.pending) return true;
  if (!key) return false;
  try {
    const secret = base64(await pendingSecret(vault, key));
    const reply = await ask(vault.id, { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ secret }) });
    if (!reply.ok) return false;
  } catch {
    return false;
  }
  await keep(handedOver);
  return true;
}

/** The secret, or null: no network, or nobody signed in here a moment ago. */
export async function fetchSecret(id) {
  try {
    const reply = await ask(id);
    return reply.ok ? bytes((await reply.json()).secret) : null;
  } catch {
    return null;
  }
}
