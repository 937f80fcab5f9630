/**
 * Sealing: AES-GCM with 256 bits, by the browser's own WebCrypto. A sealed value is its nonce (12 random bytes, a fresh one each time) and the ciphertext.
 *
 * `place` says where the value belongs, such as "entries <card> <id>". It is bound to the ciphertext: a value that was put somewhere else does not open.
 */
const NONCE = 12;
const text = new TextEncoder();
const back = new TextDecoder();

const joined = (nonce, box) => {
  const sealed = new Uint8Array(NONCE + box.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(box), NONCE);
  return sealed;
};
const way = (nonce, place) => ({ name: "AES-GCM", iv: nonce, additionalData: text.encode(place) });
const freshNonce = () => crypto.getRandomValues(new Uint8Array(NONCE));

/** A new random key. Only one that may be `wrapped` ever leaves WebCrypto, and only wrapped. */
export const newKey = ({ wrapped = false } = {}) =>
  crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, wrapped, wrapped ? ["encrypt", "decrypt"] : ["encrypt", "decrypt", "wrapKey", "unwrapKey"]);

export async function seal(key, place, value) {
  const nonce = freshNonce();
  return joined(nonce, await crypto.subtle.encrypt(way(nonce, place), key, text.encode(JSON.stringify(value))));
}

/** The value, or an error: another key, another place, or a bit that was changed. */
export async function unseal(key, place, sealed) {
  const open = await crypto.subtle.decrypt(way(sealed.subarray(0, NONCE), place), key, sealed.subarray(NONCE));
  return JSON.parse(back.decode(open));
}

/** Two sealings of whatever differ in their nonce: the same nonce is the same sealing. */
export function sameSealing(one, other) {
  for (let at = 0; at < NONCE; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

export async function wrap(lock, place, key) {
  const nonce = freshNonce();
  return joined(nonce, await crypto.subtle.wrapKey("raw", key, lock, way(nonce, place)));
}

/** The wrapped key, or null when `lock` is another one than it was wrapped with. Only a key that is wrapped anew has to be `movable`. */
export async function unwrap(lock, place, wrapped, { movable = false } = {}) {
  const nonce = wrapped.subarray(0, NONCE);
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped.subarray(NONCE), lock, way(nonce, place), "AES-GCM", movable, ["encrypt", "decrypt"]);
  } catch (error) {
    if (error?.name === "OperationError") return null;
    throw error;
  }
}

/** What a log seals with. Without a key it is locked: what needs no words still works. */
export const sealer = (key) => ({
  seal: (place, value) => seal(key, place, value),
  open: (place, sealed) => unseal(key, place, sealed),
});
