/**
 * Load: how much goes to the server in one call, by what the network carried lately.
 *
 * A call that is not answered in time is broken off, and all that it brought is asked again. On a slow uplink a megabyte never gets through: each try
 * begins anew. So after a call that took too long half of it goes, and it grows again while calls are answered well within the time.
 * Remembered as long as the worker lives.
 */
export const MOST = 500;
export const BYTES = 1024 * 1024 - 32 * 1024;
/** A call that took less than this part of the patience can be twice as large. */
const QUICK = 1 / 4;

export const bytesOf = (value) => new TextEncoder().encode(JSON.stringify(value)).length;

/** `patience` is how long a call may take, in ms; `clock` counts them. */
export function createLoad({ patience, clock = () => performance.now() }) {
  let [most, bytes] = [MOST, BYTES];
  return {
    get most() {
      return most;
    },
    get bytes() {
      return bytes;
    },
    /** These entries were too much for one call. */
    halve(entries) {
      if (!entries.length) return;
      most = Math.max(1, Math.floor(entries.length / 2));
      bytes = Math.max(1, Math.floor(bytesOf(entries) / 2));
    },
    /** Does the call that brings these entries. What is answered quickly can be more; a call that brings little says nothing about much. */
    async measured(entries, call) {
      const begun = clock();
      const reply = await call();
      const isMuch = entries.length >= most / 2 || (bytes < BYTES && bytesOf(entries) >= bytes / 2);
      if (isMuch && clock() - begun < patience * QUICK) [most, bytes] = [Math.min(MOST, most * 2), Math.min(BYTES, bytes * 2)];
      return reply;
    },
  };
}
