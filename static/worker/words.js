/** What screens say. Dutch is in the worker; another language comes from the shell once somebody chose it, and is kept there. */
import cardNl from "../../templates/words/card.nl.json";
import pagesNl from "../../templates/words/pages.nl.json";
import vocabularyNl from "../../card/vocabulary/words.nl.json";
import { intoShell } from "./shell.js";

const WORDS = { nl: { ...vocabularyNl, ...cardNl, ...pagesNl } };
const OTHERS = ["en"];

export const wordsOf = (lang) => WORDS[lang] ?? WORDS.nl;
export const learnWords = (lang, words) => (WORDS[lang] = words);

/** The language that can be spoken now: `lang`, or Dutch while the words of `lang` are not here. */
export async function spoken(lang) {
  if (OTHERS.includes(lang) && !WORDS[lang]) await fetchWords(lang).catch((error) => console.warn(error));
  return WORDS[lang] ? lang : "nl";
}

async function fetchWords(lang) {
  const reply = await intoShell(`/static/build/words.${lang}.json`);
  learnWords(lang, await reply.json());
}
