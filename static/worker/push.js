/**
 * A push has come, also when no page is open: the payload says which card, what kind and which entry, and nothing else. The rest is fetched by the usual
 * round, with the rights of whoever works here; what cannot be fetched or opened in a few seconds is told in words that say nothing of any card. Something
 * is always shown: browsers take the right to push from who stays silent.
 *
 * On the screen of the phone, where others may read along: what happened, which organisation asks it, and where. Nobody's name, and no note of anybody.
 */
import { clock } from "../card/clock.js";
import { recall } from "./device.js";
import { folded } from "./folded.js";
import { seen, unseen } from "./notices.js";
import { frame, nobodysFrame, session, standing } from "./session.js";
import { shareWithin } from "./sharing.js";
import { intoShell, keptInShell } from "./shell.js";
import { standing as contact } from "./silence.js";
import { within } from "./within.js";
import { wordsOf } from "./words.js";

const PATIENCE = 6_000;
/** How long the phone's own database may take: some hang after a night, and what was pushed must be shown all the same. */
const OWN_PATIENCE = 2_000;
const ICON = "/static/icons/icon-192.png";
/** Where on the card one looks first. */
const SECTIONS = {
  alarm: "alarm", requested: "waiting", promise_passed: "waiting", handover_offered: "handover", taken_over: "handover", risk_higher: "risk",
  person_found: "back", report_back: "back", plan_late: "action", accord_here: "accord", care_report: "care_report", care_report_said: "care_report",
  safety_asked: "safety", safety_answered: "safety", outcome_told: "feedback",
};
/** What is asked is answered on a form. */
const FORMS = { how_was_it: "/entries/new?kind=feedback.answered" };
/** Notices of a moment: their name is of that moment, and they are about what stands on the card then. */
const OF_CARD = { report_back: (one) => one?.missing.heads[0], accord_here: (one) => one?.accord.versions[0] };
/** What somebody waits for or must answer: it stays on the screen, and what comes after it is heard too. */
const STAY = ["alarm", "requested", "handover_offered", "safety_asked", "safety_answered"];

export async function pushed(event) {
  const { card = "", kind = "", entry = "" } = payload(event);
  const { lang } = await inAnyCase(OWN_PATIENCE, spokenHere(), { lang: "nl" });
  const plain = general(lang, kind, kind === "test" ? "notice.test.works" : "notice.unread");
  const words = kind === "test" ? plain : await inAnyCase(PATIENCE + OWN_PATIENCE, content(event, { card, kind, entry }, lang), plain);
  const alarm = kind === "alarm";
  const icon = await inAnyCase(OWN_PATIENCE, picture(), undefined);
  await self.registration.showNotification(words.title, {
    ...{ body: words.body, lang, tag: `${card} ${kind}`, icon, badge: icon },
    ...{ renotify: STAY.includes(kind), requireInteraction: STAY.includes(kind), ...(alarm && { vibrate: [400, 150, 400, 150, 400] }) },
    data: { card, kind, plain: words.covers ?? null },
  });
  if (card && !(await isLookedAt(card))) await unseen(card);
  if (!icon) await intoShell(ICON).catch(() => {}); // the first notice goes without it, the next have it
}

/** From this phone alone: a browser shows no notice before its picture is there, and on a bad network waits for that a minute and more. */
async function picture() {
  const kept = await keptInShell(ICON);
  return kept && `data:image/png;base64,${btoa(String.fromCharCode(...new Uint8Array(await kept.arrayBuffer())))}`;
}

const spokenHere = async () => nobodysFrame(await recall("me").catch(() => null));

/** Also where it fails. */
const inAnyCase = (ms, asked, instead) => within(ms, asked.catch(() => instead), instead);

function payload({ data }) {
  try {
    return data.json() ?? {};
  } catch {
    return {};
  }
}

/** Words that say nothing of any card. */
function general(lang, kind, body) {
  const words = wordsOf(lang);
  return { title: words[`notice.${kind}`] ?? words["page.notices"], body: words[body] };
}

async function content(event, { card, kind, entry }, lang) {
  await shareWithin(event, PATIENCE);
  const { state, me } = await standing();
  if (state !== "open" || (await contact(me)) !== "open") return general(lang, kind, state === "nobody" ? "notice.unread" : "notice.locked");
  const held = await session();
  const one = await folded(held.log, card);
  const item = OF_CARD[kind] ? OF_CARD[kind](one) : one?.timeline.find(({ id }) => id === entry);
  if (!item) return general(lang, kind, "notice.unread");
  const { organisations } = await frame(held);
  const said = (key) => wordsOf(lang)[key];
  const parts = [isOver(one, kind, entry) && said("notice.over"), ...about(one, kind, item, said, (org) => organisations[org]?.name ?? org), one.place];
  const covers = general(lang, kind, "notice.locked");
  return { title: covers.title, body: parts.filter(Boolean).join(" · "), covers };
}

/** What is asked goes without saying who asks: a moment does. */
const ASKING = ["report_back", "accord_here"];

function about(one, kind, item, said, name) {
  if (kind === "risk_higher") {
    const { level, acute } = one.risk[item.body.for];
    return [`${said(`choice.for.${item.body.for}`)}: ${said(`choice.level.${level}`)}`, acute && said("risk.acute")];
  }
  if (kind === "promise_passed") {
    const { item: asked, due } = requestOf(one, item.id);
    return [name(asked.body.service), clock(due)];
  }
  if (kind === "plan_late") return [clock(one.action.starts ?? item.at)];
  if (kind === "how_was_it") return [];
  if (kind === "outcome_told") return [name(item.org), said(`choice.result.${item.body.result}`)];
  if (kind === "safety_answered") return [said(`choice.answer.${questionOf(one, item.id).answer}`), name(item.org)];
  if (ASKING.includes(kind)) return [said(`notice.${kind}.ask`)];
  const what = { requested: `choice.for.${item.body.for}`, care_report_said: `kind.${item.kind}` }[kind];
  return [what && said(what), name(item.org)];
}

/** Of several answers the strictest counts (static/card/safety.js), whichever of them is told of. */
const questionOf = (one, entry) => one.safety.find(({ answers }) => answers.some(({ id }) => id === entry));
const requestOf = (one, entry) => one.requests.find(({ item, answers }) => [item, ...answers].some(({ id }) => id === entry));

/** Somebody answered meanwhile: nobody runs for an alarm that is over. */
function isOver(one, kind, entry) {
  if (kind === "alarm") return one.alarms.some(({ item, ended }) => item.id === entry && ended);
  if (kind === "handover_offered") return one.handovers.some(({ item, open }) => item.id === entry && !open);
  if (kind === "safety_asked") return one.safety.some(({ item, heads }) => item.id === entry && heads.length > 0);
  if (kind === "plan_late") return one.type !== "plan" || one.closed !== null || one.action.versions.every(({ id }) => id !== entry);
  if (kind === "report_back") return one.missing.back.length > 0 || one.closed !== null;
  return (kind === "requested" || kind === "promise_passed") && !requestOf(one, entry)?.waiting;
}

const pages = () => self.clients.matchAll({ type: "window" });
const cardOf = ({ url }) => /^\/cards\/([0-9a-f-]{36})/.exec(new URL(url).pathname)?.[1];
const isLookedAt = async (card) => (await pages()).some((page) => page.visibilityState === "visible" && cardOf(page) === card);

/** A page came to the front. */
export async function lookedAt(page) {
  const card = page && cardOf(page);
  if (card) await seen(card);
}

/** A tap on a notice: the card, at the right place, in the page that is open or in a new one. */
export async function tapped({ notification }) {
  const { card, kind } = notification.data ?? {};
  notification.close();
  const section = FORMS[kind] ?? (SECTIONS[kind] ? `#section-${SECTIONS[kind]}` : "");
  const { href } = new URL(card ? `/cards/${card}${section}` : "/settings/notices", self.location.origin);
  const open = await pages();
  const page = open.find(({ focused }) => focused) ?? open.find(({ visibilityState }) => visibilityState === "visible") ?? open[0];
  await page?.focus().catch(() => {});
  if (!(await page?.navigate(href).catch(() => null))) await self.clients.openWindow(href);
}

/** The browser has another address for its pushes now (W3C Push API, 10.4). */
export async function resubscribe({ oldSubscription, newSubscription }) {
  const made = newSubscription ?? (await again(oldSubscription));
  await fetch("/push/subscription", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify(made) });
}

async function again(old) {
  const applicationServerKey = old?.options?.applicationServerKey ?? (await (await fetch("/push/key")).json()).key;
  return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
}
