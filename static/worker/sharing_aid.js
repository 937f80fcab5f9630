/** What may I share: the aid on this phone, also without a network. Twin of the page in blueprints/sharing.py. */
import { isUuid7 } from "../card/entry.js";
import { html } from "./answer.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";

export async function aid({ held, url }) {
  const { card, ...given } = Object.fromEntries(url.searchParams);
  const instead = (await held.log.meta("sharing")) ?? {};
  return html(screen.sharing({ frame: await frame(held), given, card: isUuid7(card) ? card : null, instead }));
}
