import assert from "node:assert/strict";
import { test } from "node:test";

import { newKey, seal, unseal } from "../../static/worker/seal.js";
import * as vaults from "../../static/worker/vault.js";

const PIN = "739214";
const CHEAP = 1_000;

async function withPin() {
  const device = await newKey();
  const { vault } = await vaults.newVault(device);
  const key = await vaults.byDevice(vault, device, { movable: true });
  return { device, key, vault: await vaults.withPin(vault, key, PIN, CHEAP) };
}

test("what is sealed opens with its key, in its place, and not otherwise", async () => {
  const key = await newKey();
  const sealed = await seal(key, "entries a 1", { says: "help" });
  assert.deepEqual(await unseal(key, "entries a 1", sealed), { says: "help" });
  await assert.rejects(unseal(await newKey(), "entries a 1", sealed));
  await assert.rejects(unseal(key, "entries a 2", sealed));
  sealed[sealed.length - 1] ^= 1;
  await assert.rejects(unseal(key, "entries a 1", sealed));
});

test("the same words are never sealed the same way twice", async () => {
  const key = await newKey();
  const sealings = await Promise.all(Array.from({ length: 200 }, () => seal(key, "x", "same")));
  assert.equal(new Set(sealings.map((one) => one.subarray(0, 12).join())).size, 200);
});

test("no key of a vault can be taken out of the browser, but for the moment in which it is wrapped anew", async () => {
  const device = await newKey();
  assert.equal(device.extractable, false);
  const { vault, key } = await vaults.newVault(device);
  assert.equal(key.extractable, false);
  assert.equal((await vaults.byDevice(vault, device)).extractable, false);
});

test("a phone without a PIN opens its vault by its own key, and no other phone does", async () => {
  const device = await newKey();
  const { vault, key } = await vaults.newVault(device);
  const sealed = await seal(key, "x", 1);
  assert.equal(await unseal(await vaults.byDevice(vault, device), "x", sealed), 1);
  assert.equal(await vaults.byDevice(vault, await newKey()), null);
});

test("with a PIN the phone's own key opens nothing any more; the PIN opens the same key", async () => {
  const { device, key, vault } = await withPin();
  const sealed = await seal(key, "x", 1);
  assert.equal(await vaults.byDevice(vault, device), null);
  assert.equal(await unseal(await vaults.byPin(vault, PIN), "x", sealed), 1);
  assert.equal(await vaults.byPin(vault, "111222"), null);
});

test("the way back: the secret of the server opens the same key, and is sealed on the phone until the server has it", async () => {
  const { key, vault } = await withPin();
  const secret = await vaults.pendingSecret(vault, key);
  const sealed = await seal(key, "x", 1);
  assert.equal(await unseal(await vaults.byEscrow(vault, secret), "x", sealed), 1);
  assert.equal(await vaults.byEscrow(vault, new Uint8Array(32)), null);
  const after = vaults.handedOver(vault);
  assert.equal(await vaults.pendingSecret(after, key), null);
  assert.equal(await unseal(await vaults.byEscrow(after, secret), "x", sealed), 1);
});

test("a PIN that is tried first by whoever finds a phone is refused", () => {
  for (const easy of ["000000", "123456", "987654", "890123", "121212", "123123"]) assert.equal(vaults.objection(easy), "easy", easy);
  assert.equal(vaults.objection("12345"), "short");
  assert.equal(vaults.objection("12345a"), "digits");
  assert.equal(vaults.objection(PIN), null);
});

test("a PIN costs a phone a moment and a thief a day: 600,000 rounds", async () => {
  const device = await newKey();
  const { vault } = await vaults.newVault(device);
  const made = await vaults.withPin(vault, await vaults.byDevice(vault, device, { movable: true }), PIN);
  assert.equal(made.pin.iterations, 600_000);
  assert.equal(made.pin.salt.length, 16);
});

test("every try is counted before it is made, the wait grows, and after ten the PIN opens nothing", async () => {
  const { vault } = await withPin();
  let now = 0;
  let one = vault;
  const waits = [];
  for (let turn = 0; turn < vaults.TRIES; turn += 1) {
    one = vaults.beginTry(one, now);
    waits.push(vaults.waitLeft(one, now) / 1_000);
    now += vaults.waitLeft(one, now);
  }
  assert.deepEqual(waits, [0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
  assert.equal(vaults.beginTry(one, now), null);
  assert.equal(await vaults.byPin(vaults.spent(one), PIN), null);
});

test("while it waits no try is taken, and setting the clock back makes no wait longer than it was", async () => {
  const { vault } = await withPin();
  let one = vault;
  for (let turn = 0; turn < 3; turn += 1) one = vaults.beginTry(one, 1_000_000);
  assert.equal(vaults.beginTry(one, 1_000_000), null);
  assert.equal(vaults.waitLeft(one, 0), 30_000);
  assert.equal(vaults.waitLeft(vaults.rightPin(one), 0), 0);
});

test("a passkey's PRF opens the same key beside the PIN, another passkey or other bytes do not, and ten wrong PINs end that too", async () => {
  const { key, vault } = await withPin();
  const prf = crypto.getRandomValues(new Uint8Array(32));
  const both = await vaults.withPasskey(vault, key, "credential", prf);
  const sealed = await seal(key, "x", 1);
  assert.equal(await unseal(await vaults.byPasskey(both, "credential", prf), "x", sealed), 1);
  assert.equal(await unseal(await vaults.byPin(both, PIN), "x", sealed), 1);
  assert.equal(await vaults.byPasskey(both, "other", prf), null);
  assert.equal(await vaults.byPasskey(both, "credential", new Uint8Array(32)), null);
  assert.equal(await vaults.byPasskey(vaults.spent(both), "credential", prf), null);
});
