/** Joining a card needs the server: without a network this says so, where the code was typed. Twin of blueprints/joining.py. */
import { html, plain } from "./answer.js";
import * as screen from "./screen.js";
import { frame } from "./session.js";
import { fieldsOf } from "./writing.js";

export async function notNow({ held, request, url }) {
  const [code] = request.method === "POST" ? ((await fieldsOf(request)).code ?? []) : [url.searchParams.get("code")];
  return html(screen.join({ frame: await frame(held), code: code ?? "", errors: { code: "needs_network" } }), { status: 503 });
}

export const noCode = ({ held, request }) => plain(held, request, "code");
