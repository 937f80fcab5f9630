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

/** This device was revoked: what pages keep themselves goes too. */
export const tellRevoked = () => channel.postMessage({ type: "revoked" });
