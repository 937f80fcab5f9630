/** Address: whether two people who each typed where they are mean the same front door; twin of card/address.py. */
export const REACH_M = 75;
export const EARTH_M = 6_371_000;

const MARKS = /[\u0300-\u036f]/g;
const POSTCODE = /(?<![0-9a-z])([1-9][0-9]{3}) ?([a-z]{2})(?![0-9a-z])/;
const TO = /^(?:te|in) (?=.)/;
const HOUSE = /(?<![0-9a-z])([0-9]{1,5})(?: ?([a-z]|(?<= )[0-9]{1,4}))?(?![0-9a-z])/g;

export function addressOf(text) {
  const told = plain(text);
  const found = POSTCODE.exec(told);
  const rest = found ? `${told.slice(0, found.index)} ${told.slice(found.index + found[0].length)}` : told;
  const house = houseIn(rest);
  return {
    postcode: found ? `${found[1]}${found[2]}` : "",
    house: house ? `${Number(house[1])} ${house[2] ?? ""}`.trim() : "",
    street: (house ? rest.slice(0, house.index) : rest).trim(),
    town: house ? rest.slice(house.index + house[0].length).trim().replace(TO, "") : "",
  };
}

function houseIn(text) {
  const found = [...text.matchAll(HOUSE)];
  return found.find(({ index }) => text.slice(0, index).trim()) ?? found[0];
}

export function sameAddress(one, other) {
  const [a, b] = [addressOf(one), addressOf(other)];
  if (a.house !== b.house) return false;
  if (a.postcode && b.postcode && (a.postcode !== b.postcode || a.house)) return a.postcode === b.postcode;
  const towns = new Set([a.town, b.town].filter(Boolean));
  return a.street !== "" && a.street === b.street && towns.size < 2;
}

export function withinReach(one, other) {
  const places = [one.lat, one.lng, other.lat, other.lng];
  if (places.some((place) => typeof place !== "number")) return false;
  const [lat, lng, toLat, toLng] = places.map((degrees) => (degrees * Math.PI) / 180);
  const half = Math.sin((toLat - lat) / 2) ** 2 + Math.cos(lat) * Math.cos(toLat) * Math.sin((toLng - lng) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half))) <= REACH_M;
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(MARKS, "").split(/[^a-z0-9]+/).filter(Boolean).join(" ");
