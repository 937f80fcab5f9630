/** Contact: how often, who knows whom, the last visit, and whose it is; twin of card/contact.py. */
import { heads } from "./heads.js";

export function contact(log) {
  const given = heads(log.of("contact.handed_over"));
  return {
    heads: log.items(heads(log.of("contact.kept"))),
    known: log.items(log.of("contact.known")),
    visited: log.of("contact.visited").reduce((last, { body }) => (last === null || body.on > last ? body.on : last), null),
    handed_over: log.items(given),
    keeper: keeper(log, given),
  };
}

function keeper(log, given) {
  const to = given.at(-1)?.body.person;
  if (typeof to === "string") return to;
  const [began] = [...log.of("contact.kept"), ...log.of("card.opened")];
  return began?.by ?? null;
}
