/**
 * A device that was revoked: what it had not shared is handed over already (sync.js), and now everything of its person leaves it.
 *
 * The last word to the server is a hand-in of nothing: its answer makes the browser erase all of this site (`Clear-Site-Data`), this worker included.
 * It is not said when somebody else who uses this phone has something unsent here, or something that a restored server did not get back yet: nobody's words are erased for another.
 */
import { openLog } from "./log.js";
import { tellRevoked } from "./pages.js";
import { postSync } from "./post.js";
import { erasePerson, leaveForGood } from "./session.js";

const OF_A_PERSON = /^motorkap-(?!probe$)(.+)$/;

export async function part() {
  await leaveForGood();
  for (const name of await caches.keys()) await caches.delete(name);
  const others = await whatOthersHave();
  tellRevoked();
  if (!others) await lastWord();
}

/** Whether another person has something here that nobody else has. Where the browser cannot say which logs there are, it may be so. */
async function whatOthersHave() {
  if (!indexedDB.databases) return true;
  let kept = false;
  for (const { name } of await indexedDB.databases()) {
    const [, person] = OF_A_PERSON.exec(name) ?? [];
    if (!person) continue;
    const log = await openLog(person, null);
    const { unsent, refused, giving } = await log.counts();
    log.close();
    if (unsent || refused || giving) kept = true;
    else await erasePerson(person);
  }
  return kept;
}

async function lastWord() {
  // Without a network everything of this person is gone all the same.
  await postSync({ entries: [] }).catch(() => {});
}
