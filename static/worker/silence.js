/** Whether this phone may show anything now: keeps the record of contact.js beside who signed in here. The disk hears of it seldom: a tap does not wait. */
import * as contact from "./contact.js";
import { recall, remember } from "./device.js";

let record = null;
let kept = null;

async function known() {
  if (!record) record = kept = (await recall("contact")) ?? null;
  return record;
}

const keep = () => remember("contact", (kept = record));

/** "open" | "locked" | "erase", for `me` with the limits of their organisation. */
export async function standing(me) {
  record = contact.looked(await known(), Date.now());
  if (contact.isWorthKeeping(kept, record)) keep().catch(console.error);
  return contact.standing(record, me);
}

/** The server answered in this person's session; `asked`: it said who this is. */
export async function hadContact(asked = false) {
  record = contact.made(await known(), Date.now(), asked);
  if (asked || !kept || kept.elapsed || contact.isWorthKeeping(kept, record)) await keep();
}

export const isTimeToAsk = async () => contact.isTimeToAsk(await known(), Date.now());
