/** Picture: the one shared idea of what the problem is; twin of card/picture.py. */
import { heads } from "./heads.js";

export function picture(log) {
  return { heads: log.items(heads(log.of("picture.set"))) };
}
