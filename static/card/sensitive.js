/** Sensitive: does a text look medical or criminal? Twin of card/sensitive.py. */
import { SENSITIVE } from "./vocabulary.js";

const LETTER = "[a-z0-9à-öø-ÿ]";

export function looksSensitive(body) {
  const said = textsIn(body).join(" \n ").toLowerCase();
  return Object.keys(PATTERNS).find((sort) => PATTERNS[sort].test(said)) ?? null;
}

export function textsIn(value) {
  if (typeof value === "string") return [value];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}

const escaped = (word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function pattern(sort) {
  const [stems, words] = ["stems", "words"].map((part) => SENSITIVE[sort][part].map(escaped).join("|"));
  return new RegExp(`(?<!${LETTER})(?:${stems}|(?:${words})(?!${LETTER}))`);
}

const PATTERNS = Object.fromEntries(["medical", "criminal"].map((sort) => [sort, pattern(sort)]));
