/** Visit: asked for, planned, logged, and its follow-ups; twin of card/visit.py. */
import { heads } from "./heads.js";

export function visit(log) {
  return {
    asked: log.items(log.of("visit.asked")),
    heads: log.items(heads(log.of("visit.planned", "visit.answered"))),
    logged: log.items(log.of("visit.logged")),
    follow_ups: followUps(log),
  };
}

function followUps(log) {
  const said = log.byLink("follow_up", "follow_up.done", "follow_up.reopened");
  return log.of("follow_up.set").map((entry) => followUp(log, entry, said.get(entry.id) ?? []));
}

function followUp(log, entry, said) {
  const standing = heads(said);
  const done = standing.length > 0 && standing.every(({ kind }) => kind === "follow_up.done");
  return { item: log.item(entry), heads: standing.map(({ id }) => id), done: done ? log.item(standing.at(-1)) : null };
}
