/** Accords: what the screens say of an agreement on a person or a place; pure, twin of blueprints/accords.py. */
import { lasts, RENEW_DAYS, thatFit } from "../card/accord.js";
import { dayNumber, localDay } from "../card/clock.js";
import { tel } from "./directory_screen.js";

export function accordOf(frame, card) {
  const { versions, withdrawn } = card.accord;
  return {
    versions: versions.map((item) => version(card, item, frame.viewer.org)),
    withdrawn,
    lasts: lasts(card, frame.now),
    renew: lasts(card, frame.now) && daysLeft(frame, card) <= RENEW_DAYS,
  };
}

export function here(frame, card) {
  const fit = thatFit(card, frame.accords ?? [], frame.now);
  return fit.map((one) => ({ id: one.id, place: one.place, about: one.about, ...accordOf(frame, one) }));
}

export function row(frame, card) {
  const said = accordOf(frame, card);
  const { id, place, about, organisations } = card;
  return {
    ...{ id, place, about, organisations },
    text: said.versions[0]?.item.body.text ?? null,
    until: card.accord.until,
    group: group(card, said),
  };
}

function group({ closed }, { versions, withdrawn, lasts: lasting, renew }) {
  if (withdrawn.length || closed || (versions.length && !lasting)) return "ended";
  if (!versions.length || !versions.every(({ mine }) => mine)) return "to_agree";
  return renew ? "renew" : "holds";
}

const daysLeft = ({ now }, { accord: { until } }) => dayNumber(until) - localDay(now);

function version({ accord, organisations }, item, org) {
  const agreed = [...new Set([item.org, ...accord.agreed.filter((one) => one.accord === item.id).map((one) => one.org)])].sort();
  const { phone } = item.body;
  return {
    item,
    orgs: agreed,
    mine: agreed.includes(org),
    not_yet: organisations.filter((one) => !agreed.includes(one)),
    tel: typeof phone === "string" && /[0-9]/.test(phone) ? tel(phone) : null,
  };
}
