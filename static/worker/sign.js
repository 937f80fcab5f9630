/** Signing in and out go to the server; the worker only draws its conclusions. */
import { plain, unreached } from "./answer.js";
import { leave, session, signingIn as doubted, standing } from "./session.js";

/** Somebody may be another person after this: nobody's cards are shown until the server has said whose session it is. */
export function signingIn(event) {
  const { request } = event;
  event.respondWith(doubted(() => fetch(request)).catch((error) => notReached(request, error)));
}

/** A page says so in words; a script hears the error itself. */
async function notReached(request, error) {
  if (request.mode !== "navigate") throw error;
  return unreached(await session().catch(() => null), request);
}

/** Whether the server let go of the session: it leads on to another page. */
export const isSignedOut = (answer) => answer.type === "opaqueredirect" || answer.ok;

/** Signed out: what is shared leaves the phone. The screen has said before what is not shared yet; that stays. On a locked phone the drafts stay too. */
export async function signingOut({ answer }) {
  if (!isSignedOut(answer)) return;
  const { state } = await standing().catch(() => ({ state: "nobody" }));
  await leave({ drafts: state === "open" }).catch(() => {});
}

/** Signing out ends the session on the server, so without a network there is none: said plainly, and nothing is erased. */
export const stillSignedIn = ({ held, request }) => plain(held, request, "sign_out");
