/**
 * The shell: script, style and icons, so that the app starts without a network. One cache a version, filled when the worker is installed.
 *
 * Only files that are the same for everybody are cached. A page of Flask is never: it is somebody's.
 */
const VERSION = __VERSION__;
const ASSETS = __ASSETS__;
const NAME = `motorkap-shell-${VERSION}`;
const PREFIX = "motorkap-shell-";
const CHOSEN = ["/static/build/words.", "/static/icons/icon-192."];

export const version = VERSION;
export const isAsset = (path) => ASSETS.includes(path) || path === "/manifest.webmanifest";

/**
 * All or nothing: a worker that misses half of its files must not be installed. What was kept under the version before, because somebody chose it
 * (words.js) or was told something (push.js), comes along.
 */
export async function fill() {
  const chosen = await chosenBefore();
  const cache = await caches.open(NAME);
  await cache.addAll([...ASSETS, "/manifest.webmanifest", ...chosen].map((url) => new Request(url, { cache: "no-cache" })));
}

async function chosenBefore() {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX));
  const kept = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
  return [...new Set(kept.flat().map(({ url }) => new URL(url).pathname))].filter((path) => CHOSEN.some((begin) => path.startsWith(begin)));
}

/** What not everybody needs, from now on also without a network. */
export async function intoShell(path) {
  const reply = await fromShell(new Request(new URL(path, self.location.origin)));
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  await (await caches.open(NAME)).put(path, reply.clone());
  return reply;
}

export async function dropOlder() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
}

export const keptInShell = (path) => caches.match(path, { cacheName: NAME });

/** Strategy "shell": from the cache of this version; from the network when the browser has thrown it away. */
export async function fromShell(request) {
  return (await keptInShell(new URL(request.url).pathname)) ?? fetch(request);
}
