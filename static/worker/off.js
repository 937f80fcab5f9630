/**
 * What /worker.js is while the operator has switched the worker off (WORKER=off, docs/operations.md): a worker that goes, and takes the other along.
 *
 * It stands alone and knows nothing of the worker that it replaces, because that one may be what is wrong. The caches go, they can be fetched again. The
 * databases stay: what is not shared yet, sealed, and the vault that opens it.
 *
 * Open pages are told at once, and do the same (static/page/worker.js), because a browser may let this one wait for minutes until the old one is idle.
 * It takes over all the same, for pages that do not hear it.
 */
self.addEventListener("install", () => {
  new BroadcastChannel("motorkap").postMessage({ type: "off" });
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) await caches.delete(name);
  const pages = await self.clients.matchAll({ type: "window" });
  await self.registration.unregister();
  // Not waited for: a page that loads again may have to wait until this worker has begun.
  for (const page of pages) page.navigate(page.url).catch(() => {});
}
