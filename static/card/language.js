/** Language: words that police and care understand differently; twin of card/language.py. The page reads this too, so it takes nothing else with it. */
export const HINTED = [
  "risk.assessed", "observation.noted", "approach.noted", "picture.set", "plan.set", "agreement.made", "service.requested", "service.acknowledged",
  "service.promised", "service.declined", "service.cancelled", "service.escalated", "handover.offered", "handover.requested", "care_report.sent",
];
export const PLAIN = ["says", "who", "by_whom", "service", "referred_to", "to", "call_back", "medication"];

const QUOTED = /"[^"]*"|“[^”]*”|‘[^’]*’|„[^”]*”/g;
const MARKS = /[\u0300-\u036f]/g;
const CLOCK = new RegExp(
  "(?<![0-9])(?:[01]?[0-9]|2[0-3])[:.][0-5][0-9](?![0-9])(?: ?uur)?" +
    "|(?<!over )(?<!binnen )(?<!al )(?<![0-9])(?:[01]?[0-9]|2[0-3]) ?uur(?![a-z])|\\b(?:half|kwart (?:voor|over)) [a-z0-9]+",
  "g",
);
const TOKEN = /@|[a-z0-9]+|[.!?;\n]/g;
const PHRASE = /^[a-z0-9]+\*?(?: (?:\.\. )?[a-z0-9]+\*?)*$/;

export function hinted(kind, name) {
  return HINTED.includes(kind) && !PLAIN.includes(name);
}

export function normal(text) {
  const plain = text.replace(QUOTED, " ").normalize("NFD").replace(MARKS, "").toLowerCase();
  const tokens = plain.replace(CLOCK, " @ ").match(TOKEN) ?? [];
  return [" ", ...tokens.map((token) => `${/[@a-z0-9]/.test(token) ? token : "."} `)].join("");
}

export function isPhrase(text) {
  return PHRASE.test(text);
}

export function hints(text, words, domain) {
  const said = normal(text);
  const found = words.flatMap((word) => (word.for && word.for !== domain ? [] : hits(said, word).slice(0, 1).map(([start, end]) => [start, word.id, end])));
  found.sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
  return found.map(([start, word, end]) => ({ word, said: said.slice(start, end) }));
}

function hits(said, word) {
  const spared = spans(said, word.unless ?? []);
  return spans(said, word.match).filter(([start, end]) => !isIn(start, end, spared) && !hasClock(said, start, word));
}

const byPlace = ([a, b], [c, d]) => a - c || b - d;
const spans = (said, phrases) =>
  phrases.flatMap((phrase) => [...said.matchAll(pattern(phrase))].map(({ index, 1: part }) => [index, index + part.length])).sort(byPlace);

const pattern = (phrase) => new RegExp(`(?<= )(?=(${phrase.replaceAll("*", "[a-z0-9]*").replaceAll(" .. ", "(?: [a-z0-9@]+){0,5} ")}) )`, "g");

const isIn = (start, end, among) => among.some(([first, last]) => first < end && start < last);

function hasClock(said, at, word) {
  const begin = said.slice(0, at).lastIndexOf(" . ");
  const end = said.indexOf(" . ", at);
  return word.group === "time" && said.slice(Math.max(begin, 0), end < 0 ? said.length : end + 1).includes(" @ ");
}
