/**
 * The second server: a service worker that answers the URLs of Flask on this phone. The lines of the routes are in router.js.
 *
 * A new version waits until a page says that it may take over (`{type: "update"}`); a page offers that only when nothing is unsent. Pages that
 * were opened under an older version go on working: they ask the same URLs.
 */
import { fromNetwork, fromPhone } from "./answer.js";
import { match } from "./router.js";
import { session } from "./session.js";
import { shareSoon, shareWhenBack, takeStreamed } from "./sharing.js";
import { dropOlder, fill, fromShell, isAsset, version } from "./shell.js";

self.addEventListener("install", (event) => event.waitUntil(fill()));

self.addEventListener("activate", (event) => event.waitUntil(Promise.all([dropOlder(), self.clients.claim()])));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && isAsset(url.pathname)) return event.respondWith(fromShell(request));
  const route = match(request.method, url.pathname);
  if (!route) return;
  if (route.strategy === "pass") return route.handler(event);
  event.respondWith(route.strategy === "local" ? fromPhone(event, route, url) : fromNetwork(event, route, url));
});

self.addEventListener("message", (event) => {
  const { type, reason, answer } = event.data ?? {};
  const reply = (value) => event.ports[0]?.postMessage(value);
  if (type === "share") event.waitUntil(shareSoon(event, reason ?? "page").then(reply));
  if (type === "streamed") event.waitUntil(takeStreamed(event, answer).catch((error) => console.warn(error)));
  if (type === "update") self.skipWaiting();
  if (type === "claim") event.waitUntil(self.clients.claim());
  if (type === "version") reply(version);
  if (type === "counts") event.waitUntil(session().then((held) => held?.log.counts()).catch(() => null).then((counts) => reply(counts ?? NOTHING)));
});

self.addEventListener("sync", (event) => event.waitUntil(shareSoon(event, "background").then(failUnlessShared)));

self.addEventListener("online", () => shareSoon(null, "online"));

const NOTHING = { unsent: 0, since: null, refused: 0 };

/** A background sync that did not reach the server must fail: then the browser tries again later. */
function failUnlessShared({ why }) {
  if (why === "offline" || why === "server") throw new Error(`not shared: ${why}`);
}

export { shareWhenBack };
