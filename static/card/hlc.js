/** Hybrid logical clock as a value; twin of card/hlc.py. */

const COUNTERS = 0x10000;

export const millis = (at) => Number(at.slice(0, 13));

export function tick(last, nowMs, device) {
  if (last == null || millis(last) < nowMs) return stamp(nowMs, 0, device);
  return stamp(millis(last), parseInt(last.slice(14, 18), 16) + 1, device);
}

export function receive(last, seen, nowMs, device) {
  return tick(last == null || seen > last ? seen : last, nowMs, device);
}

function stamp(ms, counter, device) {
  const carried = ms + Math.floor(counter / COUNTERS);
  const rest = (counter % COUNTERS).toString(16).padStart(4, "0");
  return `${String(carried).padStart(13, "0")}-${rest}-${device.slice(0, 8)}`;
}
