/** Questions between the two sides, on this phone. Twin of blueprints/consultations.py. */
import { html } from "./answer.js";
import { foldedOfType } from "./folded.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";

export async function all({ held }) {
  return html(screen.consultationsPage({ frame: await frame(held), cards: await foldedOfType(held.log, "consultation") }));
}
