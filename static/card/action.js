/** Action: what two sides prepare together beforehand; twin of card/action.py. */
import { instantAt, instantMs } from "./clock.js";
import { heads } from "./heads.js";

export function action(log) {
  const standing = heads(log.of("action.prepared", "action.called_off"));
  const versions = standing.filter(({ kind }) => kind === "action.prepared");
  const dropped = new Set(log.of("action.task_dropped").map(({ body }) => body.task));
  const moments = versions.map(({ body }) => instantAt(body.day, body.start)).filter(Boolean).sort();
  return {
    versions: log.items(versions),
    called_off: versions.length ? [] : log.items(standing),
    tasks: log.items(log.of("action.task").filter(({ id }) => !dropped.has(id))),
    agreed: log.of("action.agreed").map(({ body, by, org, at }) => ({ version: body.version, tasks: idsIn(body), by, org, at })),
    starts: moments[0] ?? null,
  };
}

export function notStarted({ type, closed, action: { starts } }, nowMs) {
  return type === "plan" && !closed && starts !== null && nowMs >= instantMs(starts);
}

const idsIn = ({ tasks }) => (Array.isArray(tasks) ? tasks.filter((one) => typeof one === "string") : []);
