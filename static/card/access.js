/** Access: who may read what; twin of card/access.py. On the phone it is a second lock: the server has not sent what may not be read. */

export const DUTY_RULES = ["everybody", "rota"];
export const LOOK_MS = 12 * 60 * 60 * 1000;

/** A viewer is {person, org, domain, role, device, on_duty, team}. */
export class Viewer {
  constructor(person, org, domain, role, device, onDuty = true, team = "") {
    Object.assign(this, { person, org, domain, role, device, on_duty: onDuty, team });
  }
}

export function isOnDuty(rule, untilMs, nowMs) {
  return rule !== "rota" || (typeof untilMs === "number" && nowMs < untilMs);
}

/** Who watches over privacy is on no card by the organisation: what they must see of one is handed out to them, and written down. */
export function onCard(viewer, members) {
  if (members.persons.includes(viewer.person)) return true;
  return byOrganisation(viewer, members) && (viewer.on_duty || members.writers.includes(viewer.person));
}

export function mayWrite(viewer, members) {
  return members.persons.includes(viewer.person) || byOrganisation(viewer, members);
}

const byOrganisation = (viewer, members) => members.organisations.includes(viewer.org) && viewer.role !== "privacy";

export function isFor(viewer, { audience, org, by }) {
  return audience === "all" || audience === viewer.domain || (audience === "org" && org === viewer.org) || by === viewer.person;
}

export function mayRead(viewer, members, entry) {
  return onCard(viewer, members) && isFor(viewer, entry);
}

/** The persons of the same organisation and the same team; who has no team is of the whole organisation. */
export function isOfTeam(viewer, members, team, served) {
  if (members.persons.some((person) => team.includes(person))) return true;
  const here = members.organisations.includes(viewer.org);
  return here && (!viewer.team || [...members.writers, ...served].some((person) => team.includes(person)));
}

export function mayReview(viewer, members, team, served, closed, lookedMs, nowMs) {
  if (viewer.role !== "lead" || !isOfTeam(viewer, members, team, served)) return false;
  return closed || onCard(viewer, members) || (typeof lookedMs === "number" && nowMs < lookedMs + LOOK_MS);
}

/**
 * On what ground somebody is on a card, for the access log: opened it (or wrote on it before its opening arrived), joined it by code, by the own
 * organisation, or none.
 */
export function groundOf(viewer, members, opener) {
  if (members.persons.includes(viewer.person)) return ["", viewer.person].includes(opener) ? "opened" : "code";
  return onCard(viewer, members) ? "organisation" : "none";
}

/** Hand out and hold a card: who watches over privacy in one of the organisations that took part in it. */
export function mayAccountFor(viewer, organisations) {
  return viewer.role === "privacy" && organisations.includes(viewer.org);
}

/** What an organisation as a whole may read of a card, and so may hand out to the person it is about. */
export function isForOrganisation(org, domain, entry) {
  return entry.audience === "all" || entry.audience === domain || entry.org === org;
}

/** What the directory says of an organisation: its own leads and administrators; of nobody with an account (""): any of them. */
export function mayKeep(viewer, organisation) {
  return ["lead", "admin"].includes(viewer.role) && ["", viewer.org].includes(organisation);
}
