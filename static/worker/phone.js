/** This phone itself: what is not shared, how the sharing goes, language and storage. */
import { remember } from "./device.js";
import { html, isFragment, seeOther } from "./answer.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";
import { shareSoon } from "./sharing.js";

const LANGUAGES = ["nl", "en"];

export async function unsent({ held, event, url }) {
  if (url.searchParams.has("try")) await Promise.race([shareSoon(event, "asked"), new Promise((resolve) => setTimeout(resolve, 8_000))]);
  const [waiting, refused, base] = await Promise.all([held.log.unsent(), held.log.rejected(), frame(held)]);
  return html(screen.unsent({ frame: base, unsent: waiting, refused }));
}

export async function status({ held, request }) {
  return html(screen.status({ frame: await frame(held), fragment: isFragment(request) }));
}

export async function settings({ held }) {
  return html(screen.settings({ frame: await frame(held) }));
}

/** The choice holds on this phone at once; the server hears of it for the pages that it makes itself. */
export async function language({ event, request }) {
  const form = await request.formData();
  const lang = form.get("lang") ?? form.get("language");
  if (LANGUAGES.includes(lang)) {
    await remember("lang", lang);
    const body = new URLSearchParams({ lang });
    event.waitUntil(fetch("/language", { method: "POST", body, redirect: "manual" }).catch(() => {}));
  }
  return seeOther("/settings");
}
