/** Language on this phone: the words for hints and the glossary, from the shelf. Twin of the two in blueprints/language.py. */
import { isUuid7 } from "../card/entry.js";
import { html } from "./answer.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";

/** Null while this phone has no words yet: then the server is asked. */
export async function words({ held }) {
  const book = await held.log.meta("language");
  return book ? Response.json({ words: book.words, taps: book.taps, domain: held.me.domain }, { headers: { "Cache-Control": "no-store" } }) : null;
}

export async function glossary({ held, url }) {
  const book = await held.log.meta("language");
  const card = url.searchParams.get("card");
  return book ? html(screen.glossary({ frame: await frame(held), terms: book.glossary, card: isUuid7(card) ? card : null })) : null;
}
