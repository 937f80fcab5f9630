/** Entry: everything anybody records, in the shape it has on the wire; twin of card/entry.py. `parse` never throws. */
import canonicalize from "canonicalize";

import { refused } from "./anonymous.js";
import { AUDIENCES, KINDS } from "./vocabulary.js";

export const MAX_BYTES = 16 * 1024;
export const MAX_DEPTH = 8;
export const MAX_NAME = 200;
const DEEPEST = 100;
export const SERVER_FIELDS = ["seq", "received", "hash", "seal"];

const SLUG = /^[a-z0-9]+([-_][a-z0-9]+)*$/;
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const HLC = /^[0-9]{13}-[0-9a-f]{4}-[0-9a-f]{8}$/;
const HOUR_MINUTE = "(?:[01]\\d|2[0-3]):[0-5]\\d";
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/;
const INSTANT = new RegExp(`^(20\\d\\d)-(\\d\\d)-(\\d\\d)T${HOUR_MINUTE}(?::[0-5]\\d(?:\\.\\d{1,9})?)?(?:Z|[+-]${HOUR_MINUTE})$`);
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;
const WHITE = /^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g;

const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const isText = (value) => typeof value === "string";
const isFilled = (value) => isText(value) && !isBlank(value);
const isBlank = (value) => value == null || (typeof value === "string" && trimmed(value) === "") || (Array.isArray(value) && !value.length);
const listOf = (value, fits) => Array.isArray(value) && value.every((inner) => fits(inner));

export class Rejected {
  constructor(code, message, field = null) {
    Object.assign(this, { code, message, field });
  }
}

/** RFC 8785, as text. Throws for what JSON cannot say: NaN, lone surrogates, integers that JavaScript cannot hold. */
export function canonical(value) {
  const text = canonicalize(value);
  if (text === undefined || !text.isWellFormed()) throw new TypeError("not canonical JSON");
  return text;
}

export function isSayable(value) {
  if (!isShallow(value, DEEPEST)) return false;
  try {
    return Boolean(canonical(value));
  } catch {
    return false;
  }
}

export function parse(raw) {
  if (!isObject(raw)) return malformed("an entry is an object", "entry");
  const told = Object.fromEntries(Object.entries(raw).filter(([name]) => !SERVER_FIELDS.includes(name)));
  if (!has(told, "supersedes")) told.supersedes = [];
  const document = kept(told, MAX_DEPTH);
  if (document === null) {
    const [part] = ENVELOPE.find(([name]) => has(told, name) && kept(told[name], MAX_DEPTH - 1) === null) ?? ["entry"];
    return malformed("nested too deep, a number too large, or a text that is no text", part);
  }
  if (new TextEncoder().encode(document).length > MAX_BYTES) return new Rejected("too_large", `an entry is at most ${MAX_BYTES} bytes`);
  return envelopeProblem(told) ?? bodyProblem(told.kind, told.body) ?? told;
}

export const isUuid7 = (value) => typeof value === "string" && UUID7.test(value);

export function isInstant(value) {
  const match = typeof value === "string" && INSTANT.exec(value);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number);
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export const isDate = (value) => typeof value === "string" && isInstant(`${value}T00:00Z`);

export const isClock = (value) => typeof value === "string" && CLOCK.test(value);

export const trimmed = (text) => text.replace(WHITE, "");

/** What is wrong with a body, per field: `required`, `one_of_these` or `wrong`. */
export function bodyErrors(kind, body) {
  const rule = KINDS[kind];
  const errors = {};
  for (const [name, field] of Object.entries(rule.fields)) {
    const value = has(body, name) ? body[name] : null;
    if (value === null) {
      if (isRequired(field, body)) errors[name] = "required";
    } else if (!FITS[field.type](value, field)) {
      errors[name] = "wrong";
    } else if (isRequired(field, body) && isBlank(value)) {
      errors[name] = "required";
    } else if (!isAllowed(field, body) && !isBlank(value)) {
      errors[name] = "not_agreed";
    }
  }
  const some = rule.at_least_one ?? [];
  if (some.length && some.every((name) => !has(body, name) || isBlank(body[name]))) errors[some[0]] ??= "one_of_these";
  return { ...errors, ...refused(kind, body) };
}

export function meansSomething(kind, body) {
  if (!has(KINDS, kind) || !isObject(body)) return false;
  const needed = Object.entries(KINDS[kind].fields).filter(([, field]) => field.required);
  return needed.every(([name, field]) => READS[field.type](has(body, name) ? body[name] : null, field));
}

const malformed = (message, field = null) => new Rejected("malformed", message, field);

function kept(value, depth) {
  if (!isShallow(value, depth) || !isSayable(value)) return null;
  const document = canonical(value);
  return NUL.test(document) ? null : document;
}

function isShallow(value, depth) {
  if (depth < 0) return false;
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
  return value === null || typeof value !== "object" || Object.values(value).every((inner) => isShallow(inner, depth - 1));
}

const ENVELOPE = [
  ["id", isUuid7],
  ["card", isUuid7],
  ["kind", (value) => typeof value === "string"],
  ["at", (value) => typeof value === "string" && HLC.test(value)],
  ["by", (value) => typeof value === "string" && value !== ""],
  ["org", (value) => typeof value === "string" && value !== ""],
  ["device", (value) => typeof value === "string" && value !== ""],
  ["audience", (value) => AUDIENCES.includes(value)],
  ["supersedes", (value) => listOf(value, isUuid7)],
  ["body", isObject],
];

function envelopeProblem(told) {
  for (const [field, fits] of ENVELOPE) {
    if (!has(told, field)) return malformed("missing", field);
    if (!fits(told[field])) return malformed("not of the right form", field);
  }
  return has(KINDS, told.kind) ? null : new Rejected("unknown_kind", "this server does not know the kind", "kind");
}

function bodyProblem(kind, body) {
  const [name, code] = Object.entries(bodyErrors(kind, body))[0] ?? [];
  return name === undefined ? null : malformed(code, `body.${name}`);
}

function isRequired(field, body) {
  const when = field.required_when;
  return Boolean(field.required) || (when !== undefined && Object.entries(when).every(([name, value]) => has(body, name) && body[name] === value));
}

const isAllowed = ({ only_when: when = {} }, body) => Object.entries(when).every(([name, value]) => has(body, name) && body[name] === value);

function isPerson(value) {
  if (!isObject(value)) return isText(value);
  return isFilled(value.name) && (!has(value, "organisation") || value.organisation === null || isText(value.organisation));
}

const isTextOrParts = (value) => isText(value) || (isObject(value) && Object.values(value).every(isText));

export const areMinutes = (value) =>
  Array.isArray(value) && value.length === 3 && value.every((one) => Number.isInteger(one) && one > 0 && one <= 24 * 60) && value[0] < value[1] && value[1] < value[2];

const isOverride = (value) => isObject(value) && isFilled(value.reason) && listOf(value.duties, isUuid7);

const FITS = {
  text: isText,
  choice: (value, field) => field.choices.includes(value),
  choices: (value, field) => listOf(value, (one) => field.choices.includes(one)),
  bool: (value) => typeof value === "boolean",
  bool_or_text: (value) => typeof value === "boolean" || isText(value),
  entry: isUuid7,
  entries: (value) => listOf(value, isUuid7),
  instant: isInstant,
  date: isDate,
  clock: isClock,
  number: (value, field) => typeof value === "number" && field.min <= value && value <= field.max,
  person: isPerson,
  organisation: (value) => isText(value) && [...value].length <= MAX_NAME,
  texts: (value) => listOf(value, isTextOrParts),
  situation: (value) => isText(value) && SLUG.test(value),
  override: isOverride,
  minutes: areMinutes,
};

const READS = {
  text: isFilled,
  choice: FITS.choice,
  bool: () => true,
  entry: isFilled,
  instant: isInstant,
  date: isDate,
  clock: isClock,
  person: (value) => isPerson(value) && !isBlank(value),
  organisation: isFilled,
  situation: isText,
};
