import assert from "node:assert/strict";
import { test } from "node:test";

import { keepStream, wait } from "../../static/page/stream.js";

/** A phone whose streams are open for so long, one after the other; how long it waited before each next one. */
async function waits(...open) {
  const waited = [];
  const left = [...open];
  await keepStream({ open: async () => left.shift(), shown: () => left.length > 0, rest: async (ms) => waited.push(ms), random: () => 1 });
  return waited;
}

test("phones whose stream broke in the same moment come back spread over five seconds", () => {
  const moments = Array.from({ length: 2_000 }, () => wait(0, Math.random)).sort((a, b) => a - b);
  assert.ok(moments[0] >= 500 && moments.at(-1) <= 5_000);
  for (let second = 1; second < 5; second += 1) {
    const came = moments.filter((ms) => ms >= second * 1000 && ms < (second + 1) * 1000).length;
    assert.ok(came > 300 && came < 600, `${came} in second ${second}`);
  }
});

test("a server that stays shut is asked less and less often, at most once in half a minute to a minute", async () => {
  assert.deepEqual(await waits(0, 0, 0, 0, 0, 0, 0), [4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(wait(5, () => 0), 30_000);
  assert.notEqual(wait(3, () => 0.1), wait(3, () => 0.9));
});

test("a stream that breaks as soon as it is open counts as one that did not open", async () => {
  assert.deepEqual(await waits(20, 2_900, 100, 0), [4_000, 8_000, 16_000]);
});

test("after a stream that did its work the first pause is the short one again", async () => {
  assert.deepEqual(await waits(0, 0, 600_000, 0, 0), [4_000, 8_000, 5_000, 4_000]);
});
