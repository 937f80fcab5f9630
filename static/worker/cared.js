/** Cared: what the screens say of a care report and of what became of it; pure, twin of blueprints/cared.py. */
import { lacks, receiver } from "../card/care_report.js";

export function reportOf({ viewer: { org } }, { care_report: told }) {
  const sent = told.sent.map((item) => ({
    ...{ item, lacks: lacks(item.body), ours: receiver(item) === org, mine: item.org === org, outside: !item.body.to },
  }));
  return { ...told, sent };
}

export function here({ care_reports: known }, card) {
  const states = new Map((known ?? []).map(({ id, care_report: { state } }) => [id, state]));
  return card.care_reports.map((item) => ({ item, report: item.body.report, state: states.get(item.body.report) ?? null }));
}

export const isAsked = (card, org) => !card.closed && group(card, org) === "for_us";

export function row({ viewer }, card) {
  const { id, place, opened, care_report: told } = card;
  const { whom = null, to = null, to_name = null, level = null } = told.sent.at(-1)?.body ?? {};
  return {
    ...{ id, place, opened, whom, to, to_name, level },
    from: opened?.org ?? null,
    state: told.state,
    group: card.closed ? "done" : group(card, viewer.org),
  };
}

function group({ care_report: { state, sent } }, org) {
  if (["taken_up", "done"].includes(state)) return state;
  return sent.some((item) => (state === "asked" ? item.org : receiver(item)) === org) ? "for_us" : "by_us";
}
