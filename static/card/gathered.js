/** Gathered: a log made ready to fold; twin of card/gathered.py. */
import { bodyErrors, canonical } from "./entry.js";
import { inOrder } from "./heads.js";
import { KINDS } from "./vocabulary.js";

export class Gathered {
  #byKind = new Map();
  #corrections = new Map();
  isLate = () => false;

  constructor(entries) {
    this.entries = inOrder(eachOnce(entries));
    for (const entry of this.entries) {
      if (Object.hasOwn(KINDS, entry.kind) && !Object.keys(bodyErrors(entry.kind, entry.body)).length) push(this.#byKind, entry.kind, entry);
    }
    for (const correction of this.of("entry.corrected")) push(this.#corrections, correction.body.entry, correction);
  }

  of(...kinds) {
    if (kinds.length === 1) return this.#byKind.get(kinds[0]) ?? [];
    return inOrder(kinds.flatMap((kind) => this.#byKind.get(kind) ?? []));
  }

  item(entry) {
    return {
      id: entry.id,
      kind: entry.kind,
      at: entry.at,
      by: entry.by,
      org: entry.org,
      audience: entry.audience,
      body: entry.body,
      late: this.isLate(entry),
      corrections: (this.#corrections.get(entry.id) ?? []).map((said) => ({
        id: said.id, by: said.by, org: said.org, at: said.at, text: said.body.text,
      })),
    };
  }

  items(entries) {
    return [...entries].map((entry) => this.item(entry));
  }
}

export function eachOnce(entries) {
  const once = new Map();
  for (const entry of entries) {
    const known = once.get(entry.id);
    if (known === undefined || (known !== entry && goesBefore(entry, known))) once.set(entry.id, entry);
  }
  return [...once.values()];
}

function push(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}

function goesBefore(entry, known) {
  const [mine, theirs] = [entry.seq ?? Infinity, known.seq ?? Infinity];
  return mine === theirs ? canonical(entry) < canonical(known) : mine < theirs;
}
