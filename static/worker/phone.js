/** This phone itself: what is not shared, how the sharing goes, language and storage. */
import { remember } from "./device.js";
import { html, isFragment, seeOther } from "./answer.js";
import { changed } from "./folded.js";
import { idleMinutes, vaultOf } from "./lock.js";
import { tellChanged, tellStatus } from "./pages.js";
import * as screen from "./screen.js";
import { frame, now } from "./session.js";
import { shareSoon, shareWithin } from "./sharing.js";
import { fieldsOf } from "./writing.js";

const PATIENCE = 8_000;
const LANGUAGES = ["nl", "en"];

export async function unsent({ held, event, url }) {
  if (url.searchParams.has("try")) await shareWithin(event, PATIENCE);
  const [waiting, refused, base] = await Promise.all([held.log.unsent(), held.log.rejected(), frame(held)]);
  return html(screen.unsent({ frame: base, unsent: waiting, refused }));
}

/** What becomes of a refused entry: it goes again, or its writer puts it away. */
export async function settle({ held, event, request }) {
  const { id = [], what = [] } = await fieldsOf(request);
  const again = what[0] === "again";
  const entry = again ? await held.log.retry(id[0] ?? "", held.me, now()) : what[0] === "away" ? await held.log.dismiss(id[0] ?? "") : null;
  if (entry && again) {
    changed(held.log, entry.card);
    tellChanged({ [entry.card]: [entry.kind] });
    await shareWithin(event, PATIENCE);
  }
  if (entry) tellStatus();
  return seeOther("/unsent");
}

export async function status({ held, request }) {
  return html(screen.status({ frame: await frame(held), fragment: isFragment(request) }));
}

export async function settings({ held }) {
  const vault = await vaultOf(held.me.person);
  return html(screen.settings({ frame: await frame(held), lock: { pin: Boolean(vault?.pin), idle_min: idleMinutes(held.me) } }));
}

/** The choice holds on this phone at once; the server hears of it for the pages that it makes itself, and for the books that are in one language. */
export async function language({ event, request }) {
  const form = await request.formData();
  const lang = form.get("lang") ?? form.get("language");
  if (LANGUAGES.includes(lang)) {
    await remember("lang", lang);
    const body = new URLSearchParams({ lang });
    const heard = fetch("/language", { method: "POST", body, redirect: "manual" });
    event.waitUntil(heard.then(() => shareSoon(event, "asked")).catch(() => {}));
  }
  return seeOther("/settings");
}
