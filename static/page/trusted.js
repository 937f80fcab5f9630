/**
 * The one way by which text becomes markup or a script's address on our pages (Trusted Types, W3C). The content security policy knows this policy
 * by its name and no other (static/policy.json), so every other piece of script that tries is refused by the browser.
 *
 * What goes through is what our own server or worker answered, and the worker's address; never a script. A browser without Trusted Types goes
 * the same way, with nothing to stop what goes around it.
 */
const WORKER = "/worker.js";

const RULES = {
  createHTML: (text) => text,
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError(`not a script of ours: ${url}`);
    return url;
  },
};

const policy = window.trustedTypes?.createPolicy("motorkap", RULES) ?? RULES;

/** htmx draws what our server or worker answered; it makes no scripts, and no functions out of text. */
export function trustAnswers() {
  window.htmx?.registerExtension("motorkap", { init: (htmx) => htmx.initSecurity(policy, refuse, refuse) });
  document.addEventListener("htmx:before:response", (event) => isOurs(event.detail.ctx.response.raw) || event.preventDefault());
}

function refuse() {
  throw new TypeError("no function is made out of text");
}

/** `connect-src` lets nothing else be asked; this holds where a browser would not. A download is no page. */
const isOurs = (reply) => reply.type === "basic" || reply.type === "default";

/** The page that was answered, parsed; its scripts never run. */
export async function parsed(reply) {
  if (!isOurs(reply)) throw new TypeError("not an answer of ours");
  return new DOMParser().parseFromString(policy.createHTML(await reply.text()), "text/html");
}

export const workerAddress = () => policy.createScriptURL(WORKER);
