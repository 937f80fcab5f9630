/** The vocabulary, as data; twin of card/vocabulary/__init__.py, from the same files. */
import KINDS from "../../card/vocabulary/kinds.json";
import SITUATIONS from "../../card/vocabulary/situations.json";
import en from "../../card/vocabulary/words.en.json";
import nl from "../../card/vocabulary/words.nl.json";

export { KINDS, SITUATIONS };
export const SITUATION_SLUGS = new Set(SITUATIONS.flatMap((context) => context.groups.flatMap((group) => group.types)));

export const AUDIENCES = ["all", "police", "care", "org"];
export const RISK_FOR = ["professional", "client", "surroundings"];
export const LEVELS = ["none", "low", "middle", "high"];
export const AGREED_MINUTES = 30;
export const OVERDUE_STEPS = [30, 45, 60];

export const words = (lang) => (lang === "en" ? en : nl);
