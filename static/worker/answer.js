/** How a route is answered: from this phone, or from the network with a plain answer when there is none. */
import policy from "../policy.json";
import { recall } from "./device.js";
import { render } from "./render.js";
import { message } from "./screen.js";
import { frame, now, session } from "./session.js";
import { shareSoon } from "./sharing.js";

const FIRST_ROUND = 5_000;

/** Markup of the worker is somebody's and of this moment: no cache keeps it. The policy is Flask's own, from the same file. */
const HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": "no-store",
  "Content-Security-Policy": Object.entries(policy).map(([name, sources]) => `${name} ${sources.join(" ")}`).join("; "),
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Motorkap": "phone",
};

export function html({ template, context }, { status = 200, headers = {} } = {}) {
  return new Response(render(template, context), { status, headers: { ...HEADERS, ...headers } });
}

export const seeOther = (path) => Response.redirect(new URL(path, self.location.origin), 303);

export const isFragment = (request) => request.headers.get("HX-Request") === "true";

/** Strategy "local". A handler may return null: then this phone does not know, and the server is asked. */
export async function fromPhone(event, route, url) {
  const { request } = event;
  let held = null;
  try {
    held = await session();
    if (held && !(await hasShared(held))) await firstRound(event);
    const copy = held && request.method === "POST" ? request.clone() : request;
    const known = held && ((await hasShared(held)) || request.method === "POST");
    const answer = known && (await route.handler({ event, request: copy, url, params: route.params, held }));
    if (answer) return answer;
  } catch (error) {
    console.error(error);
    return plain(held, request, error?.name === "QuotaExceededError" ? "full" : "trouble");
  }
  return fromNetwork(event, {}, url);
}

/** Before the first round this phone knows none of its person's cards; the server does. */
const hasShared = async ({ log }) => (await log.meta("upto")) !== undefined;

const firstRound = (event) => Promise.race([shareSoon(event, "asked"), new Promise((resolve) => setTimeout(resolve, FIRST_ROUND))]);

/** Strategy "net". `route.handler` hears how it went. */
export async function fromNetwork(event, route) {
  let answer;
  try {
    answer = await fetch(event.request);
  } catch {
    return plain(await session().catch(() => null), event.request, "needs_network");
  }
  await route.handler?.({ event, answer });
  return answer;
}

/** A plain answer in words: what is the matter, and what happened to what was typed. `what` is a word of the catalogue: message.<what>. */
async function plain(held, request, what) {
  const base = held ? await frame(held) : { viewer: null, now: now(), lang: (await recall("lang")) ?? "nl", people: {}, organisations: {}, sync: null };
  const status = { full: 507, trouble: 500, needs_network: 503, not_here: 404 }[what];
  return html(message({ frame: base, what, fragment: isFragment(request) }), { status });
}

export { plain };
