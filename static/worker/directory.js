/** Directory on this phone, also without a network: whom can I call now. Twin of the pages in blueprints/directory.py. */
import { mayKeep } from "../card/access.js";
import { html } from "./answer.js";
import * as screen from "./directory_screen.js";
import { frame } from "./session.js";
import { shareWithin } from "./sharing.js";

const PATIENCE = 5_000;

async function facts({ held, url }) {
  const book = (await held.log.meta("directory")) ?? screen.NOTHING;
  return { frame: await frame(held), book, asked: Object.fromEntries(url.searchParams) };
}

export const services = async (asked) => html(screen.directory(await facts(asked)));

/** What this phone's book does not know the server may know by now. */
export async function service(asked) {
  const known = await facts(asked);
  const id = decodeURIComponent(asked.params.service);
  const owner = known.book.services.find((one) => one.id === id)?.organisation;
  const made = screen.service({ ...known, id, may_keep: mayKeep(asked.held.me, owner) });
  return made && html(made);
}

export async function kitchen(asked) {
  const { org } = asked.params;
  const made = screen.kitchen({ ...(await facts(asked)), org: decodeURIComponent(org), may_keep: mayKeep(asked.held.me, org) });
  return made && html(made);
}

/** Somebody changed something: before the next page this phone hears what it says now. */
export async function changed({ event, answer }) {
  if (answer.type !== "opaqueredirect" && !answer.ok) return;
  await shareWithin(event, PATIENCE);
}
