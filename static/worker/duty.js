/** Duty: the state is the server's; this phone shows the last it heard. */
import { html } from "./answer.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";
import { shareWithin } from "./sharing.js";

const PATIENCE = 5_000;

export async function mine({ held }) {
  return html(screen.duty({ frame: await frame(held), said: null, error: null }));
}

/** Duty began or ended: before the next page this phone hears what it may hold now, and lets go of the rest. */
export async function changed({ event, answer }) {
  if (answer.type !== "opaqueredirect" && !answer.ok) return;
  await shareWithin(event, PATIENCE);
}
