/**
 * The time line as a page of its own, live. At the top new lines come in by themselves. Who has scrolled down is reading: then nothing moves, and a
 * button says how many there are.
 */
import { untilLifted } from "./finger.js";
import { sayGone } from "./gone.js";
import { shownCard } from "./shown.js";
import { parsed } from "./trusted.js";

const AWHILE = 40;
const TOP = 150;

let timer = null;

export function liveTimeline() {
  if (!document.querySelector("[data-newest]")) return;
  new BroadcastChannel("motorkap").addEventListener("message", ({ data }) => {
    if (data.type === "changed" && data.card === shownCard()) timer ??= setTimeout(look, AWHILE);
  });
  document.addEventListener("click", ({ target }) => target.closest?.("[data-new-lines]") && show());
  // What came between the drawing of this page and its first listening was told to nobody: one look shows it.
  timer ??= setTimeout(look, AWHILE);
}

const entriesIn = (root) => [...root.querySelectorAll("[data-entry]")].map((line) => line.dataset.entry);
const isReading = () => window.scrollY > TOP || document.querySelector("[data-newest]").contains(document.activeElement);

async function fresh() {
  const reply = await fetch(location.href).catch(() => null);
  if (reply?.status === 404) await sayGone();
  return reply?.ok ? (await parsed(reply)).querySelector("[data-newest]") : null;
}

async function look() {
  timer = null;
  const list = await fresh();
  await untilLifted();
  if (!list || list.innerHTML === document.querySelector("[data-newest]").innerHTML) return;
  const known = new Set(entriesIn(document));
  const many = entriesIn(list).filter((entry) => !known.has(entry)).length;
  if (!isReading()) return draw(list);
  const button = document.querySelector("[data-new-lines]");
  button.hidden = many === 0;
  button.textContent = button.dataset.newLines.replace("{n}", many);
}

async function show() {
  const list = await fresh();
  if (list) draw(list);
  window.scrollTo({ top: 0 });
  document.querySelector("main h1").focus();
}

function draw(list) {
  document.querySelector("[data-newest]").replaceWith(document.importNode(list, true));
  document.querySelector("[data-new-lines]").hidden = true;
}
