/** Sharing: what may be said, why, and what can be asked instead; twin of card/sharing.py. */
import { dated } from "./clock.js";
import { SHARING } from "./vocabulary.js";

export const QUESTIONS = ["profession", "information", "receiver", "purpose"];
export const RULES = Object.fromEntries(SHARING.rules.map((rule) => [rule.id, rule]));

const NAMED = { profession: "professions", information: "information", receiver: "professions", purpose: "purposes" };

export const answersTo = (question) => SHARING[NAMED[question]];

export function asked(given) {
  const known = {};
  for (const question of QUESTIONS) {
    if (!answersTo(question).includes(given[question])) break;
    known[question] = given[question];
  }
  return known;
}

export function advise(known, instead, lang) {
  if (QUESTIONS.some((question) => !(question in known))) return null;
  const rule = SHARING.rules.find(({ when }) => Object.entries(when).every(([question, fits]) => fits.includes(known[question])));
  return spoken(rule.id, instead, lang);
}

export function spoken(ruleId, instead, lang) {
  const rule = RULES[ruleId];
  const own = instead[ruleId] ?? {};
  const sources = rule.sources.map((source) => ({ title: SHARING.sources[source][lang], date: dated(SHARING.sources[source].date) }));
  if (own.source) sources.unshift({ title: own.source, date: dated(own.date ?? "") });
  return {
    rule: ruleId,
    verdict: own.verdict || rule.verdict,
    reason: own.reason || rule.reason[lang],
    ask: own.ask || rule.ask[lang],
    sources,
    own: Object.keys(own).length > 0,
    checked: dated(own.date || SHARING.checked),
  };
}
