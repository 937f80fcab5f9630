/** The vocabulary, as data; twin of card/vocabulary/__init__.py, from the same files. */
import BEGINS from "../../card/vocabulary/begins.json";
import KINDS from "../../card/vocabulary/kinds.json";
import SENSITIVE from "../../card/vocabulary/sensitive.json";
import SHARING from "../../card/vocabulary/sharing.json";
import SITUATIONS from "../../card/vocabulary/situations.json";
import TYPES from "../../card/vocabulary/types.json";

export { KINDS, SITUATIONS, TYPES, BEGINS, SENSITIVE, SHARING };

export const GROUNDS = ["consent", "vital_interest", "conflict_of_duties", "covenant", "own_task"];
export const WRITTEN = ["text", "texts", "bool_or_text", "override"];
for (const rule of Object.values(KINDS)) {
  if (!rule.by_server && Object.values(rule.fields).some(({ type }) => WRITTEN.includes(type))) {
    rule.fields.ground ??= { type: "choice", choices: GROUNDS };
  }
}

export const AUDIENCES = ["all", "police", "care", "org"];
export const RISK_FOR = ["professional", "client", "surroundings"];
export const LEVELS = ["none", "low", "middle", "high"];
export const OVERDUE_STEPS = [30, 45, 60];
