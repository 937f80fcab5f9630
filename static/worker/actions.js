/** Actions: what the screens say of a plan that two sides prepare; pure, twin of blueprints/actions.py. */
import { notStarted } from "../card/action.js";
import { date, instantMs } from "../card/clock.js";

const POSITIONS = { inside: "in_sight" };
const NEAR_MS = 12 * 3600 * 1000;
const today = (now) => date(`${String(now).padStart(13, "0")}-`);

export function actionOf(frame, card) {
  const { versions, tasks, called_off } = card.action;
  const ids = tasks.map(({ id }) => id);
  return {
    versions: versions.map((item) => version(frame, card, item, ids)),
    tasks: tasks.map((item) => task(card, item)),
    task_ids: ids,
    called_off,
    late: notStarted(card, frame.now),
    planned: card.type === "plan",
  };
}

export function begun(versions) {
  const told = Object.entries(versions.at(-1)?.body ?? {}).filter(([, value]) => Array.isArray(value) || typeof value === "string");
  return Object.fromEntries(told.map(([name, value]) => [name, Array.isArray(value) ? value : [value]]));
}

export function row(frame, card) {
  const action = actionOf(frame, card);
  const body = action.versions[0]?.item.body ?? null;
  const { id, place, situation, about, organisations } = card;
  return {
    ...{ id, place, situation, about, organisations },
    purpose: body && body.purpose,
    day: body && body.day,
    start: body && body.start,
    group: group(frame, card, action),
  };
}

export function isNear({ now }, card) {
  const { starts } = card.action;
  return starts !== null && (instantMs(starts) - now < NEAR_MS || date(starts) === today(now));
}

function group(frame, card, action) {
  if (action.called_off.length || card.closed) return "called_off";
  if (action.late) return "late";
  if (!action.versions.length || !action.versions.every(({ both }) => both)) return "to_agree";
  return isNear(frame, card) ? "today" : "coming";
}

const isAfter = (a, b) => a.at > b.at || (a.at === b.at && a.id > b.id);

const sameSet = (one, other) => one.every((id) => other.includes(id)) && other.every((id) => one.includes(id));

function version({ viewer, organisations }, { action }, item, ids) {
  const said = action.agreed.filter((one) => one.version === item.id);
  const later = action.tasks.some((one) => isAfter(one, item) && one.org !== item.org);
  const agree = new Set([...said.filter(({ tasks }) => sameSet(ids, tasks)).map(({ org }) => org), ...(later ? [] : [item.org])]);
  const domains = [...agree].map((org) => organisations[org]?.domain);
  const before = new Set([item.org, ...said.map(({ org }) => org)].filter((org) => !agree.has(org)));
  return {
    item,
    orgs: [...agree].sort(),
    before: [...before].sort(),
    both: ["police", "care"].every((domain) => domains.includes(domain)),
    mine: agree.has(viewer.org),
  };
}

function task({ present }, item) {
  const { stands } = item.body;
  return {
    item,
    position: (POSITIONS[stands] ?? stands) || "in_sight",
    here: present.filter((one) => one.item.body.task === item.id).map(({ person }) => person),
  };
}
