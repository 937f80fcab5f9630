/** What is typed in a form that is not accepted yet, for the pages of this phone (static/page/kept.js): sealed like everything else. */
import { session, standing } from "./session.js";

let line = Promise.resolve();
const newest = new Map();

/**
 * One after another; of what is typed while the disk is busy only the last counts. False where nothing is kept, so that the page keeps it itself. A
 * phone that is locked kept what was typed until then, and takes nothing more: what a page says while it leaves must not lie in the open.
 */
export function keepDraft(name, draft) {
  newest.set(name, draft);
  const done = line.then(async () => {
    if (!newest.has(name)) return true;
    const held = await session();
    if (!held) return ["locked", "sealed"].includes((await standing()).state);
    const last = newest.get(name);
    newest.delete(name);
    await held.log.keepDraft(name, last);
    return true;
  });
  line = done.catch(() => {});
  return done;
}

/** {name: draft}, or null when nobody's are here. */
export async function drafts() {
  await line;
  const held = await session();
  return held && held.log.drafts(Date.now());
}
