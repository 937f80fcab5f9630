/** Directory on this phone, also without a network: whom can I call now. Twin of the pages in blueprints/directory.py. */
import { mayKeep } from "../card/access.js";
import { html } from "./answer.js";
import * as screen from "./directory_screen.js";
import { frame } from "./session.js";
import { shareWithin } from "./sharing.js";

const PATIENCE = 5_000;

/** What a screen is made of; null on a phone that has no directory yet: then the server answers. */
async function facts({ held, url }) {
  const book = await held.log.meta("directory");
  return book && { frame: await frame(held), book, asked: Object.fromEntries(url.searchParams) };
}

async function shown(asked, make) {
  const known = await facts(asked);
  const made = known && make(known);
  return made && html(made);
}

export const services = (asked) => shown(asked, screen.directory);

/** What this phone's book does not know the server may know by now. */
export const service = (asked) =>
  shown(asked, (known) => {
    const id = decodeURIComponent(asked.params.service);
    const owner = known.book.services.find((one) => one.id === id)?.organisation;
    return screen.service({ ...known, id, may_keep: mayKeep(asked.held.me, owner) });
  });

export const kitchen = (asked) =>
  shown(asked, (known) => {
    const org = decodeURIComponent(asked.params.org);
    return screen.kitchen({ ...known, org, may_keep: mayKeep(asked.held.me, org) });
  });

/** Somebody changed something: before the next page this phone hears what it says now. */
export async function changed({ event, answer }) {
  if (answer.type !== "opaqueredirect" && !answer.ok) return;
  await shareWithin(event, PATIENCE);
}
