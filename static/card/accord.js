/** Accord: what two sides agreed about somebody or about a place, until a day; twin of card/accord.py. */
import { sameAddress, withinReach } from "./address.js";
import { date } from "./clock.js";
import { trimmed } from "./entry.js";
import { heads } from "./heads.js";

export const RENEW_DAYS = 30;

export function accord(log) {
  const standing = heads(log.of("accord.set", "accord.withdrawn"));
  const withdrawn = standing.filter(({ kind }) => kind === "accord.withdrawn");
  const versions = withdrawn.length ? [] : standing;
  const [until = null] = versions.map(({ body }) => body.valid_until).sort();
  return {
    versions: log.items(versions),
    withdrawn: log.items(withdrawn),
    agreed: log.of("accord.agreed").map(({ body, by, org, at }) => ({ accord: body.accord, by, org, at })),
    until,
  };
}

export function lasts({ accord: { until } }, nowMs) {
  return until !== null && date(`${String(nowMs).padStart(13, "0")}-`) <= until;
}

export const holds = (card, nowMs) => lasts(card, nowMs) && !card.closed;

export function thatFit(card, accords, nowMs) {
  return accords.filter((one) => one.id !== card.id && holds(one, nowMs) && (samePlace(card, one) || samePerson(card, one)));
}

const samePlace = (card, other) => sameAddress(said(card.place), said(other.place)) || withinReach(card, other);

function samePerson(card, other) {
  const alias = plain(other.about);
  return alias.length > 1 && alias === plain(card.about);
}

const plain = (text) => said(text).toLowerCase().split(" ").filter(Boolean).join(" ");
const said = (text) => (typeof text === "string" ? trimmed(text) : "");
