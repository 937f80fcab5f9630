/** Plans on this phone. Twin of blueprints/plans.py. */
import { html } from "./answer.js";
import { foldedOfType } from "./folded.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";

export async function all({ held }) {
  return html(screen.plansPage({ frame: await frame(held), cards: await foldedOfType(held.log, "plan") }));
}
