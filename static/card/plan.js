/** Plan: what we do now and what when it turns, and who agreed; twin of card/plan.py. */
import { heads } from "./heads.js";

export function plan(log) {
  const standing = heads(log.of("plan.set"));
  const ids = new Set(standing.map((entry) => entry.id));
  return {
    heads: log.items(standing),
    agreed: log
      .of("plan.agreed")
      .filter((entry) => ids.has(entry.body.plan))
      .map((entry) => ({ plan: entry.body.plan, by: entry.by, org: entry.org, at: entry.at, entry: entry.id })),
  };
}
