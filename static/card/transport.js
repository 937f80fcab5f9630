/** Transport: who drives, and why; twin of card/transport.py. */
import { heads } from "./heads.js";

export const transportHeads = (log) => heads(log.of("transport.chosen"));

export function transport(log) {
  return { heads: log.items(transportHeads(log)) };
}
