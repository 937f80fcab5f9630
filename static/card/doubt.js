/** Doubt: what a form asks its writer once more before it is written; twin of card/doubt.py. */
import { watched } from "./anonymous.js";
import { identifying } from "./identifying.js";
import { looksSensitive, textsIn } from "./sensitive.js";
import { KINDS, WRITTEN } from "./vocabulary.js";

export const NEVER_ASKED = ["alarm.raised"];

export function groundAsked(kind, body, audience) {
  const { fields } = KINDS[kind];
  if (NEVER_ASKED.includes(kind) || audience !== "all" || !("ground" in fields) || "ground" in body) return null;
  const written = Object.keys(fields).filter((name) => name in body && WRITTEN.includes(fields[name].type));
  const looks = looksSensitive(Object.fromEntries(written.map((name) => [name, body[name]])));
  return looks ? `ground_${looks}` : null;
}

export function namesAsked(kind, body, anonymous) {
  if (NEVER_ASKED.includes(kind)) return [];
  return watched(kind, anonymous).flatMap((field) => textsIn(body[field] ?? null).flatMap((text) => identifying(text).map((found) => ({ field, ...found }))));
}
