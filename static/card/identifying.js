/** Identifying: does a text name somebody? Twin of card/identifying.py. The page reads this too, so it takes its data and nothing else with it. */
import IDENTIFYING from "../../card/vocabulary/identifying.json";

const allFirst = IDENTIFYING.first_names.join("|");
const PATTERNS = Object.entries(IDENTIFYING.patterns).map(([what, pattern]) => [what, new RegExp(pattern.replace("{first}", allFirst), "g")]);

export function identifying(text) {
  return PATTERNS.flatMap(([what, pattern]) => {
    const found = [...text.matchAll(pattern)].find(([said]) => what !== "bsn" || passesElevenTest(said));
    return found ? [{ what, said: found[0] }] : [];
  });
}

export function passesElevenTest(said) {
  const digits = [...said].filter((character) => "0123456789".includes(character)).map(Number);
  const sum = [9, 8, 7, 6, 5, 4, 3, 2, -1].reduce((total, weight, place) => total + weight * digits[place], 0);
  return digits.length === 9 && digits.some(Boolean) && sum % 11 === 0;
}
