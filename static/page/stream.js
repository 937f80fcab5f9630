/**
 * When a stream that broke is opened again. A server that is started anew breaks thousands in the same moment: they come back spread over some
 * seconds. Whoever finds it shut, or is thrown out as soon as they are in, waits twice as long each time.
 */
const BACK_WITHIN = 5_000;
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 60_000;
/** Shorter than this and a stream has not done its work: the next try waits as after one that never opened. */
const WORKED = 3_000;

/** How long to wait after so many failures in a row. */
export function wait(failures, random) {
  if (!failures) return BACK_WITHIN / 10 + random() * BACK_WITHIN * 0.9;
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures);
  return longest / 2 + (random() * longest) / 2;
}

/** `open()` is one stream until it breaks: the milliseconds that it was open. `rest(ms)` waits, or not as long when the network comes back (rest.js). */
export async function keepStream({ open, shown, rest, random = Math.random }) {
  let failures = 0;
  while (shown()) {
    failures = (await open()) >= WORKED ? 0 : failures + 1;
    if (!shown()) return;
    await rest(wait(failures, random));
  }
}
