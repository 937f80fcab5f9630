/** Agreements on a person or a place, on this phone. Twin of blueprints/agreements.py. */
import { html } from "./answer.js";
import { foldedOfType } from "./folded.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";

export async function all({ held }) {
  return html(screen.agreementsPage({ frame: await frame(held), cards: await foldedOfType(held.log, "agreement") }));
}
