/**
 * The lock on this phone: who holds the key now, and how one gets it back.
 *
 * A key that a PIN or a passkey opened is in memory alone: here, and lent to the open pages, because a browser ends a worker whenever it likes and
 * the next one has to ask them. Nothing of it is on the disk, so a phone that is switched off is locked. After the organisation's minutes without a
 * tap on any page it is forgotten everywhere. `locked` in the vault is when that was: a page that slept through it has nothing to lend any more.
 *
 * Without a PIN the phone's own key opens the vault, and nothing ever locks.
 */
import { change, deviceKey, recall } from "./device.js";
import { fetchSecret, handIn } from "./escrow.js";
import { lend, tellLocked } from "./pages.js";
import * as vaults from "./vault.js";

const PATIENCE = 600;

let held = null;
let later = null;

const name = (person) => `vault ${person}`;
const store = (person, make) => change(name(person), make);
export const vaultOf = (person) => recall(name(person));

export const idleMinutes = (me) => me.pin_idle_min ?? 5;
const idleMs = (me) => idleMinutes(me) * 60_000;
const isIdle = (one) => one.locks && Date.now() - one.active >= one.idleMs;

/** A tap, on whichever page. */
export function touched(moment = Date.now()) {
  if (held) held.active = Math.max(held.active, Math.min(moment, Date.now()));
}

/** Whether the key is here still. */
export const isOpen = () => held !== null && !isIdle(held);

/** The key of this person's vault, or null while it is locked. */
export async function keyOf(me) {
  if (held?.person === me.person && isOpen()) return held.key;
  held = null;
  const vault = await openable(me);
  if (!vault) return null;
  const key = vault.device && (await vaults.byDevice(vault, await deviceKey()));
  held = key ? { person: me.person, key, locks: false, active: Date.now() } : await borrowed(me, vault);
  if (held) held.wantsPin = !vault.pin && vault.wantsPin;
  return held?.key ?? null;
}

/** The vault as it is now: a new one for who has none, and one that its owner, who just signed in, gets back from the server. */
async function openable(me) {
  const vault = await vaultOf(me.person);
  if (!vault) {
    const made = await vaults.newVault(await deviceKey());
    return store(me.person, (before) => before ?? made.vault);
  }
  if (!vault.forgotten && (vault.device || vault.pin)) return vault;
  const secret = await fetchSecret(vault.id);
  const key = secret && (await vaults.byEscrow(vault, secret, { movable: true }));
  if (!key) return vault;
  const open = await vaults.withoutPin(vault, key, await deviceKey());
  return store(me.person, () => ({ ...open, wantsPin: true }));
}

/** What an open page still holds, for a worker that was ended. */
async function borrowed(me, vault) {
  if (!vault.pin) return null;
  const pages = (await self.clients?.matchAll({ type: "window" })) ?? [];
  const fits = ({ person, since }) => person === me.person && since > (vault.locked ?? 0);
  try {
    const lent = await Promise.any(pages.map((page) => askFor(page, fits)));
    const again = { ...lent, locks: true, idleMs: idleMs(me) };
    return isIdle(again) ? null : again;
  } catch {
    return null;
  }
}

function askFor(page, fits) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    port1.onmessage = ({ data }) => (data && fits(data) ? resolve(data) : reject(new Error("no key")));
    setTimeout(reject, PATIENCE);
    page.postMessage({ type: "key?" }, [port2]);
  });
}

/** A page has come: it holds the key too. */
export const lendTo = (pages) => held?.locks && lend(pages, held);

/** The key is forgotten, here and on every page. A vault without a PIN has no lock. */
export async function lock() {
  if (!held?.locks) return false;
  const { person } = held;
  held = null;
  tellLocked();
  await store(person, (vault) => ({ ...vault, locked: Date.now() }));
  return true;
}

/** Signed out: nobody's key is here. */
export function letGo() {
  held = null;
  later = null;
  tellLocked();
}

/** Tries a PIN. The try is counted on the disk before it is made. {why: null | "wait" | "wrong" | "spent", key} */
async function tryPin(me, pin, how) {
  let began = false;
  const vault = await store(me.person, (before) => {
    const counted = vaults.beginTry(before, Date.now());
    began = counted !== null;
    return counted ?? before;
  });
  if (!began) return { why: vault.pin ? "wait" : "spent" };
  const key = await vaults.byPin(vault, pin, how);
  if (key) {
    await store(me.person, vaults.rightPin);
    return { why: null, key };
  }
  if (vault.wrong < vaults.TRIES) return { why: "wrong" };
  await store(me.person, vaults.spent);
  return { why: "spent" };
}

export async function unlock(me, pin) {
  const { why, key } = await tryPin(me, pin);
  if (key) holdLocking(me, key);
  return why;
}

/** True when this passkey opens the vault. */
export async function unlockByPasskey(me, credential, prf) {
  const key = await vaults.byPasskey(await vaultOf(me.person), credential, prf);
  if (key) holdLocking(me, key);
  return key !== null;
}

/** From now on this passkey opens the vault too. The PIN is asked once more: only so the key can be wrapped anew. Null, or what tryPin says. */
export async function addPasskey(me, pin, credential, prf) {
  const { why, key } = await tryPin(me, pin, { movable: true });
  if (why) return why;
  const { passkeys } = await vaults.withPasskey(await vaultOf(me.person), key, credential, prf);
  await store(me.person, (before) => ({ ...before, passkeys }));
  return null;
}

/** From now on only the PIN opens the vault. */
export const removePasskeys = (me) => store(me.person, (before) => ({ ...before, passkeys: [] }));

function holdLocking(me, key) {
  held = { person: me.person, key, locks: true, since: Date.now(), active: Date.now(), idleMs: idleMs(me) };
  lend(null, held);
}

/** A PIN, the first or another one. `current` is the one that it replaces. {why: null | "network" | what tryPin says} */
export async function choosePin(me, pin, current) {
  const vault = await vaultOf(me.person);
  if (!(await handOver(me))) return { why: "network" };
  const { why, key } = vault.pin
    ? await tryPin(me, current, { movable: true })
    : { why: null, key: await vaults.byDevice(vault, await deviceKey(), { movable: true }) };
  if (why || !key) return { why: why ?? "wrong" };
  const changed = await vaults.withPin(vault, key, pin);
  await store(me.person, (before) => ({ ...before, ...pick(changed) }));
  holdLocking(me, await vaults.byPin(changed, pin));
  return { why: null };
}

const pick = ({ pin, device, wrong, notBefore, wantsPin, forgotten }) => ({ pin, device, wrong, notBefore, wantsPin, forgotten });

/** Whether whoever has the vault open still has to choose a PIN: because there has to be one, or because the last one was forgotten. */
export const needsPin = (me) => held?.person === me.person && !held.locks && Boolean(me.pin_required || held.wantsPin);

/** Not now: where a PIN is required the phone works on the server until there is one. */
export async function putOff(me) {
  later = me.person;
  if (me.pin_required) return;
  await store(me.person, (vault) => ({ ...vault, wantsPin: false }));
  if (held?.person === me.person) held.wantsPin = false;
}

export const isPutOff = (me) => later === me.person;

/** The server keeps the way back, as soon as it can be reached. True when it does. */
export async function handOver(me) {
  const vault = await vaultOf(me.person);
  const key = held?.person === me.person ? held.key : null;
  return Boolean(vault) && handIn(vault, key, (handed) => store(me.person, handed));
}

/** Nothing of this person is on this phone any more, so nothing opens it. */
export const forgetVault = (person) => store(person, () => undefined);

export const forgetPin = (person) => store(person, (vault) => ({ ...vault, forgotten: true }));
