/** Late (nagekomen): what reached the card after the closing that counts; twin of card/late.py. */
import { closing } from "./closing.js";

export function late(log) {
  const last = closing(log);
  if (last === null) return () => false;
  const number = last.seq;
  if (number == null) return (entry) => entry.id !== last.id && entry.seq == null && entry.at > last.at;
  return (entry) => entry.id !== last.id && (entry.seq ?? number + 1) > number;
}
