/** What the worker tells the open pages: which sections of which card changed, and that the line about sharing did. */
import kinds from "../../card/vocabulary/kinds.json";

const channel = new BroadcastChannel("motorkap");

/** `cards`: {card: kinds of the entries that came}. A page redraws only what it shows, and not what it was just answered with (`page`). */
export function tellChanged(cards, page = null) {
  for (const [card, kindsOfCard] of Object.entries(cards)) {
    const names = new Set(["display", ...kindsOfCard.flatMap((kind) => kinds[kind]?.shows ?? ["timeline"])]);
    channel.postMessage({ type: "changed", card, names: [...names], page });
  }
}

export const tellStatus = () => channel.postMessage({ type: "status" });

/** Sharing works again: whoever waits before trying the network anew need not wait longer. */
export const tellBack = () => channel.postMessage({ type: "back" });

/** The key was forgotten: a page shows nothing of anybody any more. */
export const tellLocked = () => channel.postMessage({ type: "locked" });

/** Pages hold the key as well (lock.js): these, or all there are. */
export async function lend(pages, { person, key, since, active, idleMs }) {
  for (const page of pages ?? (await self.clients.matchAll({ type: "window" }))) page.postMessage({ type: "key", person, key, since, active, idleMs });
}

/** This device was revoked: what pages keep themselves goes too. */
export const tellRevoked = () => channel.postMessage({ type: "revoked" });
