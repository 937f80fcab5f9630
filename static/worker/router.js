/**
 * The worker's table of contents: a line a route, the same URLs as Flask.
 *
 *   local   answered on this phone, from the log; by Flask while the worker knows nobody
 *   net     needs the server; without a network the last function of the line answers, or a plain page. What was typed stays
 *   lock    the lock of this phone: answered here, also while it is locked (unlock.js)
 *   leave   as net, and also while the phone is locked
 *   pass    signing in: goes to the server, and puts in doubt who works here (sign.js)
 *   shell   script, style and icons, from the cache of this version
 *
 * While the phone is locked every page here, and every page that is not here, answers with the question for the PIN.
 *
 * What is not here goes to the network untouched: /me.json, /sync, /live, /push, /healthz, /worker.js, /cards/<id>.json. A page that is not here, or a
 * form that goes there, needs no line either: it is answered as "net".
 */
import * as agreements from "./agreements.js";
import * as careReports from "./care_reports.js";
import * as cards from "./cards.js";
import * as consultations from "./consultations.js";
import * as directory from "./directory.js";
import * as duty from "./duty.js";
import * as entries from "./entries.js";
import * as guides from "./guides.js";
import * as joining from "./joining.js";
import * as language from "./language.js";
import * as missing from "./missing.js";
import * as plans from "./plans.js";
import * as phone from "./phone.js";
import * as sharing from "./sharing_aid.js";
import * as sign from "./sign.js";
import * as unlock from "./unlock.js";
import * as visits from "./visits.js";

const CARD = "/cards/(?<card>[0-9a-f-]{36})";

const ROUTES = [
  ["GET", "/", "local", cards.home],
  ["GET", "/alarms", "local", cards.alarms],
  ["GET", "/cards/new", "local", cards.newCard],
  ["POST", "/cards", "local", cards.open],
  ["GET", CARD, "local", cards.show],
  ["GET", `${CARD}/sections`, "local", cards.sections],
  ["GET", `${CARD}/timeline`, "local", cards.timeline],
  ["GET", `${CARD}/bonnet`, "local", cards.bonnet],
  ["GET", `${CARD}/people`, "local", cards.people],
  ["GET", `${CARD}/entries/new`, "local", entries.form],
  ["POST", `${CARD}/entries`, "local", entries.write],
  ["GET", "/agreements", "local", agreements.all],
  ["GET", "/care-reports", "local", careReports.list],
  ["POST", "/care-reports", "local", careReports.send],
  ["GET", "/care-reports/new", "local", careReports.form],
  ["GET", CARD.replace("cards", "care-reports") + "/print", "local", careReports.print],
  ["GET", "/consultations", "local", consultations.all],
  ["GET", "/plans", "local", plans.all],
  ["POST", `${CARD}/follow-up`, "local", visits.followUp],
  ["GET", "/visits", "local", visits.overview],
  ["POST", "/visits", "local", visits.logVisit],
  ["GET", "/visits/new", "local", visits.newVisit],
  ["GET", "/visits/ask", "local", visits.ask],
  ["POST", "/visits/ask", "local", visits.asked],
  ["GET", "/visits/contact", "local", visits.newContact],
  ["POST", "/visits/contact", "local", visits.keepContact],
  ["GET", "/visits/handover", "local", visits.handingOver],
  ["POST", "/visits/handover", "local", visits.handOver],
  ["GET", "/sharing", "local", sharing.aid],
  ["GET", "/directory", "local", directory.services],
  ["GET", "/directory/(?:new|.+/edit)", "net"],
  ["GET", "/directory/(?<service>.+)", "local", directory.service],
  ["POST", "/directory/.+", "net", directory.changed],
  ["GET", "/organisations/(?<org>[^/]+)", "local", directory.kitchen],
  ["GET", "/organisations/.+", "net"],
  ["POST", "/organisations/.+", "net", directory.changed],
  ["GET", "/guides/mine(?:/.*)?", "net"],
  ["POST", "/guides/mine/.+", "net"],
  ["GET", "/guides", "local", guides.all],
  ["GET", "/guides/(?<guide>[a-z0-9-]+)", "local", guides.one],
  ["GET", `${CARD}/guides`, "local", guides.all],
  ["GET", `${CARD}/guides/(?<guide>[a-z0-9-]+)`, "local", guides.one],
  ["POST", `${CARD}/guides/(?<guide>[a-z0-9-]+)`, "local", guides.put],
  ["GET", "/language\\.json", "local", language.words],
  ["GET", "/glossary", "local", language.glossary],
  ["GET", "/missing", "local", missing.list],
  ["GET", "/missing/new", "local", missing.form],
  ["POST", "/missing", "local", missing.report],
  ["GET", "/duty", "local", duty.mine],
  ["POST", "/duty", "net", duty.changed],
  ["POST", "/duty/end", "net", duty.changed],
  ["GET", "/unsent", "local", phone.unsent],
  ["POST", "/unsent", "local", phone.settle],
  ["GET", "/status", "local", phone.status],
  ["GET", "/settings", "local", phone.settings],
  ["POST", "/language", "local", phone.language],
  ["GET", "/settings/(?:notices|calendar)", "net"],
  ["POST", "/settings/calendar(?:/withdraw)?", "net"],
  ["POST", "/settings/notices(?:/(?:off|try))?", "net"],
  ["POST", `${CARD}/code`, "net", null, joining.noCode],
  ["GET", "/join", "net", null, joining.notNow],
  ["POST", "/join", "net", null, joining.notNow],
  ["GET", "/people(?:/.*)?", "net"],
  ["GET", "/me/signing-in(?:/offer)?", "net"],
  ["GET", "/devices(?:/.+)?", "net"],
  ["POST", "/devices/.+", "net"],
  ["GET", "/set-aside", "net"],
  ["POST", "/set-aside", "net"],
  ["GET", `${CARD}/(?:seen|print|care-report|handovers/[^/]+)`, "net"],
  ["GET", "/privacy(?:/.*)?", "net"],
  ["POST", "/privacy(?:/.*)?", "net"],
  ["GET", "/access-log(?:\\.csv|\\.jsonl)?", "net"],
  ["GET", "/review(?:/.+)?", "net"],
  ["POST", "/review/.+", "net"],
  ["GET", "/figures(?:\\.csv)?", "net"],
  ["GET", "/organisation/.+", "net"],
  ["POST", "/organisation/.+", "net"],
  ["POST", "/login", "pass", sign.signingIn],
  ["GET", "/login/code", "pass", sign.signingIn],
  ["GET", "/login/provider/back/[^/]+", "pass", sign.signingIn],
  ["POST", "/login/(?:code|passkey|set-up|set-up/passkey)", "pass", sign.signingIn],
  ["POST", "/invitations/[^/]+(?:/passkey)?", "pass", sign.signingIn],
  ["POST", "/logout", "leave", sign.signingOut, sign.stillSignedIn],
  ["POST", "/unlock", "lock", unlock.unlock],
  ["POST", "/lock", "lock", unlock.lockByHand],
  ["POST", "/forgotten", "lock", unlock.forgotten],
  ["POST", `${CARD}/alarm`, "lock", unlock.alarm],
  ["GET", "/pin", "lock", unlock.pinForm],
  ["POST", "/pin", "lock", unlock.choosePin],
  ["POST", "/pin/later", "lock", unlock.pinLater],
  ["POST", "/pin/passkey", "lock", unlock.addPasskey],
  ["POST", "/pin/passkey/remove", "lock", unlock.removePasskeys],
].map(([method, path, strategy, handler, offline]) => ({ method, pattern: new RegExp(`^${path}/?$`), strategy, handler, offline }));

export function match(method, path) {
  for (const route of ROUTES) {
    const found = route.method === method && route.pattern.exec(path);
    if (found) return { ...route, params: { ...found.groups } };
  }
  return null;
}
