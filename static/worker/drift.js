/**
 * Drift: how far this phone's clock is from the server's. Promises and what is overdue are read off the clock of the phone, so a clock that is wrong is set
 * right, ahead or behind, and again when its owner sets it right.
 *
 * What an answer calls `clock` is the time of the server itself, read while it was being asked: between `asked` and `came` as this phone saw them. A phone
 * that slept meanwhile saw a long time, and concludes nothing that this leaves open. What comes by the stream may have waited: it sets no clock.
 */
import { millis } from "../card/hlc.js";

/** A difference of this much changes nothing anybody reads, and a slow network makes as much. */
const SMALL = 120_000;

/** In ms, positive when this phone is behind; 0 when it is right, as far as the answer says. */
export function drift(clock, asked, came) {
  if (!clock) return 0;
  const server = millis(clock);
  const off = server > came ? server - came : Math.min(0, server - asked);
  return Math.abs(off) > SMALL ? off : 0;
}
