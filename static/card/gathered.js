/** Gathered: a log made ready to fold; twin of card/gathered.py. */
import { canonical, isSayable, meansSomething } from "./entry.js";
import { inOrder } from "./heads.js";

export class Gathered {
  #byKind = new Map();
  #corrections;
  isLate = () => false;

  constructor(entries) {
    this.entries = inOrder(eachOnce([...entries].map(whole)));
    for (const entry of this.entries) {
      if (meansSomething(entry.kind, entry.body)) push(this.#byKind, entry.kind, entry);
    }
    this.#corrections = this.byLink("entry", "entry.corrected");
  }

  of(...kinds) {
    if (kinds.length === 1) return this.#byKind.get(kinds[0]) ?? [];
    return inOrder(kinds.flatMap((kind) => this.#byKind.get(kind) ?? []));
  }

  byLink(field, ...kinds) {
    const pointing = new Map();
    for (const entry of this.of(...kinds)) push(pointing, entry.body[field], entry);
    return pointing;
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

function whole(entry) {
  if (entry.supersedes != null && entry.audience != null) return entry;
  return { ...entry, supersedes: entry.supersedes ?? [], audience: entry.audience ?? "all" };
}

function push(map, key, value) {
  if (map.has(key)) map.get(key).push(value);
  else map.set(key, [value]);
}

function goesBefore(entry, known) {
  const [mine, theirs] = [entry.seq ?? Infinity, known.seq ?? Infinity];
  if (mine !== theirs) return mine < theirs;
  return isSayable(entry) && (!isSayable(known) || canonical(entry) < canonical(known));
}
