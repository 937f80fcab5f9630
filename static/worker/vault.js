/**
 * A person's vault on this phone: the one key that everything of theirs is sealed with, itself kept only wrapped.
 *
 *   device    wrapped by a key of this phone that never leaves WebCrypto: no PIN is asked. It goes when a PIN comes
 *   pin       wrapped by what PBKDF2 makes of the PIN, with a salt of this phone
 *   passkeys  wrapped by what a passkey's PRF gives for this vault (WebAuthn, 10.1.4), one each: beside the PIN
 *   escrow    wrapped by a secret that only the server keeps, and gives only to its owner who has just signed in: the way back when a PIN is
 *             forgotten. `pending` is that secret, sealed, until the server has it
 *
 * Everything here is a function from a vault to a vault; where it is kept, and who asks, is in lock.js. docs/decisions/0010 says what this protects
 * against and what not.
 */
import { newKey, seal, unseal, unwrap, wrap } from "./seal.js";

/** What OWASP asks of PBKDF2 with SHA-256: about 80 to 130 ms on a laptop, a quarter to half a second on a phone. */
export const ITERATIONS = 600_000;
export const SHORTEST = 6;
export const TRIES = 10;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 15 * 60_000;

const text = new TextEncoder();
const random = (count) => crypto.getRandomValues(new Uint8Array(count));
const place = (vault, how) => `vault ${vault.id} ${how}`;

/** What is the matter with a PIN that somebody chooses: null | "digits" | "short" | "easy". */
export function objection(pin) {
  if (!/^\d*$/.test(pin)) return "digits";
  if (pin.length < SHORTEST) return "short";
  return isEasy(pin) ? "easy" : null;
}

/** 000000, 123456, 987654, 890123, 121212, 123123: what is tried first. */
function isEasy(pin) {
  const digits = [...pin].map(Number);
  const steps = new Set(digits.slice(1).map((digit, at) => (digit - digits[at] + 10) % 10));
  const repeats = (length) => digits.every((digit, at) => digit === digits[at % length]);
  return (steps.size === 1 && [0, 1, 9].some((step) => steps.has(step))) || [1, 2, 3].some(repeats);
}

/** A new vault, opened without a PIN on this phone, and its key. */
export async function newVault(deviceKey) {
  const vault = { id: crypto.randomUUID(), device: null, pin: null, passkeys: [], escrow: null, wrong: 0, notBefore: 0, wantsPin: false };
  const key = await newKey({ wrapped: true });
  const secret = random(32);
  vault.device = await wrap(deviceKey, place(vault, "device"), key);
  vault.escrow = {
    wrapped: await wrap(await secretKey(secret), place(vault, "escrow"), key),
    pending: await seal(key, place(vault, "pending"), [...secret]),
  };
  return { vault, key: await byDevice(vault, deviceKey) };
}

export const byDevice = (vault, deviceKey, how) => vault.device && unwrap(deviceKey, place(vault, "device"), vault.device, how);

/** The key, or null when this is not the PIN. Who may try, and when, is `beginTry`'s. */
export async function byPin(vault, pin, how) {
  if (!vault.pin) return null;
  return unwrap(await pinKey(pin, vault.pin), place(vault, "pin"), vault.pin.wrapped, how);
}

export const byEscrow = async (vault, secret, how) => unwrap(await secretKey(secret), place(vault, "escrow"), vault.escrow.wrapped, how);

/** `prf`: the 32 bytes that this passkey's PRF gave for this vault. */
export async function byPasskey(vault, credential, prf) {
  const one = vault.passkeys?.find((passkey) => passkey.credential === credential);
  return one ? unwrap(await secretKey(prf), place(vault, `passkey ${credential}`), one.wrapped) : null;
}

/** From now on this PIN opens the vault, and the phone alone does not. `key` is a movable one. */
export async function withPin(vault, key, pin, iterations = ITERATIONS) {
  const made = { salt: random(16), iterations };
  const wrapped = await wrap(await pinKey(pin, made), place(vault, "pin"), key);
  return { ...vault, pin: { ...made, wrapped }, device: null, wrong: 0, notBefore: 0, wantsPin: false, forgotten: false };
}

/** From now on this phone opens the vault without a PIN. */
export async function withoutPin(vault, key, deviceKey) {
  return { ...vault, pin: null, device: await wrap(deviceKey, place(vault, "device"), key), wrong: 0, notBefore: 0, forgotten: false };
}

/** A second way to open it, beside the PIN. */
export async function withPasskey(vault, key, credential, prf) {
  const wrapped = await wrap(await secretKey(prf), place(vault, `passkey ${credential}`), key);
  return { ...vault, passkeys: [...(vault.passkeys ?? []).filter((one) => one.credential !== credential), { credential, wrapped }] };
}

/** The secret that the server does not have yet, or null. */
export const pendingSecret = async (vault, key) => vault.escrow.pending && new Uint8Array(await unseal(key, place(vault, "pending"), vault.escrow.pending));

export const handedOver = (vault) => ({ ...vault, escrow: { ...vault.escrow, pending: null } });

/** How long nobody may try after so many wrong PINs: from the third on, and longer each time. */
export const waitAfter = (wrong) => (wrong < 3 ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - 3)));

/** How long it still is. A clock that was set back does not make it longer than it ever was. */
export const waitLeft = (vault, now) => Math.min(Math.max(0, vault.notBefore - now), waitAfter(vault.wrong));

/** The vault as it must be on the disk before a PIN is tried: as if the try had failed. Null when nobody may try now. */
export function beginTry(vault, now) {
  if (!vault.pin || vault.wrong >= TRIES || waitLeft(vault, now)) return null;
  const wrong = vault.wrong + 1;
  return { ...vault, wrong, notBefore: now + waitAfter(wrong) };
}

export const rightPin = (vault) => ({ ...vault, wrong: 0, notBefore: 0, forgotten: false });

/** All tries are used: the PIN opens nothing any more, only its owner who signs in again does. */
export const spent = (vault) => ({ ...vault, pin: null, passkeys: [], forgotten: true });

async function pinKey(pin, { salt, iterations }) {
  const typed = await crypto.subtle.importKey("raw", text.encode(pin), "PBKDF2", false, ["deriveKey"]);
  return wrappingKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed);
}

async function secretKey(secret) {
  const known = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  return wrappingKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: text.encode("motorkap vault") }, known);
}

const wrappingKey = (how, from) => crypto.subtle.deriveKey(how, from, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
