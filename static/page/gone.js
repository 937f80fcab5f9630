/**
 * A card that is no longer its reader's, while they were on it: said in so many words, with what they typed and did not send, so that it can be
 * copied. After that the drafts of this card are gone from the phone, as the card is.
 */
import { takeDrafts } from "./kept.js";
import { shownCard } from "./shown.js";

const CHOSEN = new Set(["audience", "level", "acute", "facts", "source", "position", "searched", "for", "by", "release", "will", "answer", "kind"]);

export async function sayGone() {
  const words = document.getElementById("gone");
  const main = document.getElementById("main");
  if (!words || !main) return window.location.assign("/");
  // First, because a field that loses the focus keeps its draft once more.
  document.getElementById("sheet")?.close();
  const typed = (await takeDrafts(shownCard())).filter(([name, text]) => text.trim() && !CHOSEN.has(name)).map(([, text]) => text);
  const told = words.content.cloneNode(true);
  const place = told.querySelector("[data-typed]");
  place.hidden = typed.length === 0;
  for (const text of typed) {
    const said = document.createElement("p");
    said.className = "item item-said";
    said.textContent = text;
    place.append(said);
  }
  main.replaceChildren(told);
  main.querySelector("h1").focus();
}
