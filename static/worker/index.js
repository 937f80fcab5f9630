/**
 * The second server: a service worker that answers the URLs of Flask on this phone. The lines of the routes are in router.js.
 *
 * A new version waits until a page says that it may take over (`{type: "update"}`); a page offers that only when nothing is unsent. Pages that
 * were opened under an older version go on working: they ask the same URLs.
 */
import { raisedBy } from "./alarms.js";
import { fromLock, fromNetwork, fromPhone } from "./answer.js";
import { recall } from "./device.js";
import { drafts, keepDraft } from "./drafts.js";
import { lendTo, touched } from "./lock.js";
import { lookedAt, pushed, resubscribe, tapped } from "./push.js";
import { match } from "./router.js";
import { doubt, lockNow, session } from "./session.js";
import { shareSoon, shareWhenBack, takeStreamed } from "./sharing.js";
import { dropOlder, fill, fromShell, isAsset, version } from "./shell.js";
import { barred } from "./unlock.js";

self.addEventListener("install", (event) => event.waitUntil(Promise.all([fill(), begin()])));

/** The first one here, or the first one again after the worker was switched off (off.js): nobody saw who signed in or out meanwhile. */
const begin = () => self.registration.active || doubt({ begun: true }).catch(() => {});

self.addEventListener("activate", (event) => event.waitUntil(Promise.all([dropOlder(), self.clients.claim()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && isAsset(url.pathname)) return event.respondWith(fromShell(request));
  const route = match(request.method, url.pathname);
  if (route?.strategy === "pass") return route.handler(event);
  if (!route && request.mode !== "navigate") return;
  event.respondWith(answered(event, route, url));
});

/** A page is a tap, and so is a form; what pages ask by themselves is not, or a phone that hears much would never lock. */
async function answered(event, route, url) {
  const { request } = event;
  if (route?.strategy === "lock") return fromLock(event, route, url);
  if (route?.strategy === "leave") return fromNetwork(event, route, url);
  const bar = await barredOrUnsure(event, url);
  if (bar) return bar;
  if (request.mode === "navigate" || request.method === "POST") touched();
  return route?.strategy === "local" ? fromPhone(event, route, url) : fromNetwork(event, route ?? {}, url);
}

/** Whoever cannot tell whether the phone is locked shows nobody's cards: where this browser keeps nothing there are none, and the server answers. */
async function barredOrUnsure(event, url) {
  try {
    return await barred(event, url);
  } catch (error) {
    console.warn("this browser keeps nothing", error);
    return null;
  }
}

self.addEventListener("message", (event) => {
  const { type, reason, answer, name, draft, active } = event.data ?? {};
  const reply = (value) => event.ports[0]?.postMessage(value);
  if (type === "share") event.waitUntil(shareSoon(event, reason ?? "page").then(reply));
  if (type === "share" && reason === "shown") event.waitUntil(lookedAt(event.source).catch(() => {}));
  if (type === "streamed") event.waitUntil(takeStreamed(event, answer).catch((error) => console.warn(error)));
  if (type === "update") self.skipWaiting();
  if (type === "claim") event.waitUntil(self.clients.claim());
  if (type === "version") reply(version);
  if (type === "touched") touched(active);
  if (type === "lock") event.waitUntil(lockNow().then(reply));
  if (type === "holding") event.waitUntil(session().then(() => event.source && lendTo([event.source])).catch(() => {}));
  if (type === "draft") event.waitUntil(keepDraft(name, draft).catch(() => false).then(reply));
  if (type === "drafts") event.waitUntil(drafts().catch(() => null).then(reply));
  if (type === "alarms") event.waitUntil(alarms().catch(() => null).then(reply));
  if (type === "counts") event.waitUntil(session().then((held) => held?.log.counts()).catch(() => null).then((counts) => reply(counts ?? NOTHING)));
});

self.addEventListener("sync", (event) => event.waitUntil(shareSoon(event, "background").then(failUnlessShared)));

self.addEventListener("push", (event) => event.waitUntil(pushed(event)));

self.addEventListener("notificationclick", (event) => event.waitUntil(tapped(event)));

self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(resubscribe(event)));

self.addEventListener("online", () => shareSoon(null, "online"));

/** How the alarms of this locked phone stand; null when it is nobody's. */
async function alarms() {
  const me = await recall("me");
  return me && raisedBy(me);
}

const NOTHING = { unsent: 0, since: null, refused: 0, giving: 0 };

/** A background sync that did not reach the server must fail: then the browser tries again later. */
function failUnlessShared({ why }) {
  if (why === "offline" || why === "server") throw new Error(`not shared: ${why}`);
}

export { shareWhenBack };
