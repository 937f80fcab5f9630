import assert from "node:assert/strict";
import { test } from "node:test";

import { isTimeToAsk, isWorthKeeping, looked, made, standing } from "../../static/worker/contact.js";

const HOUR = 3_600_000;
const LIMITS = { offline_lock_h: 72, offline_erase_h: 336 };
const BEGIN = 1_795_543_200_000;

/** What a phone is after its clock showed these hours, one look each, since contact at hour 0. */
const after = (...hours) => {
  const record = hours.reduce((known, hour) => looked(known, BEGIN + hour * HOUR), made(null, BEGIN));
  return standing(record, LIMITS);
};

test("a phone locks after 72 hours without contact and erases after 14 days, also when nobody looked in between", () => {
  assert.equal(after(71.9), "open");
  assert.equal(after(72), "locked");
  assert.equal(after(335.9), "locked");
  assert.equal(after(336), "erase");
});

test("setting the clock back does not unlock", () => {
  assert.equal(after(72, 0), "locked");
  assert.equal(after(72, -10_000, -9_999), "locked");
  assert.equal(after(336, 1), "erase");
});

test("setting the clock back before it locks wins no time: it counts on from there", () => {
  assert.equal(after(70, 0, 1.9), "open");
  assert.equal(after(70, 0, 2), "locked");
  assert.equal(after(40, 0, 40), "locked");
  assert.equal(after(...Array.from({ length: 200 }, (_, turn) => (turn % 2 ? 2 : 0))), "locked");
});

test("contact opens it, also after the clock was far ahead and was put right", () => {
  const ahead = looked(made(null, BEGIN), BEGIN + 9_000 * HOUR);
  assert.equal(standing(ahead, LIMITS), "erase");
  const right = made(ahead, BEGIN + HOUR);
  assert.equal(standing(looked(right, BEGIN + 72 * HOUR), LIMITS), "open");
  assert.equal(standing(looked(right, BEGIN + 73 * HOUR), LIMITS), "locked");
});

test("a phone that never noted contact begins to count at the first look", () => {
  assert.equal(standing(looked(null, BEGIN), LIMITS), "open");
  assert.equal(standing(looked(looked(undefined, BEGIN), BEGIN + 73 * HOUR), LIMITS), "locked");
});

test("each organisation has its own limits, and a server that names none locks nothing", () => {
  const record = looked(made(null, BEGIN), BEGIN + 9 * HOUR);
  assert.equal(standing(record, { offline_lock_h: 8, offline_erase_h: 10 }), "locked");
  assert.equal(standing(record, { offline_lock_h: 8, offline_erase_h: 9 }), "erase");
  assert.equal(standing(record, {}), "open");
});

test("the disk hears of it once a minute, and at once when the clock was set back", () => {
  const kept = made(null, BEGIN);
  assert.equal(isWorthKeeping(undefined, kept), true);
  assert.equal(isWorthKeeping(kept, looked(kept, BEGIN + 59_000)), false);
  assert.equal(isWorthKeeping(kept, looked(kept, BEGIN + 60_000)), true);
  assert.equal(isWorthKeeping(kept, looked(kept, BEGIN - 1)), true);
});

test("who this is and what is allowed is asked again after twelve hours, and only then", () => {
  const asked = made(null, BEGIN, true);
  assert.equal(isTimeToAsk(made(asked, BEGIN + 11 * HOUR), BEGIN + 11 * HOUR), false);
  assert.equal(isTimeToAsk(made(asked, BEGIN + 12 * HOUR), BEGIN + 12 * HOUR), true);
  assert.equal(isTimeToAsk(made(asked, BEGIN + 12 * HOUR, true), BEGIN + 12 * HOUR), false);
  assert.equal(isTimeToAsk(undefined, BEGIN), true);
});
