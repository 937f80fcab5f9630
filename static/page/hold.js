/**
 * Press and hold: `[data-hold]` acts after 1.5 seconds of holding, by thumb, mouse, Enter or Space. Letting go earlier does nothing.
 *
 * For what must not happen by accident and not wait for a question either (the alarm). `--held` goes from 0 to 1, for the style.
 */
const LONG = 1_500;

const HINT = 6_000;

let held = null;
let hinted = null;

export function holdButtons() {
  document.addEventListener("pointerdown", (event) => event.button === 0 && begin(event, event.target));
  for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, stop);
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (held?.byPointer && !held.button.contains(document.elementFromPoint(clientX, clientY))) stop(true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.closest?.("[data-hold]")) return;
    event.preventDefault();
    if (!event.repeat) begin(event, event.target);
  });
  document.addEventListener("keyup", stop);
  document.addEventListener("contextmenu", (event) => event.target.closest?.("[data-hold]") && event.preventDefault());
  // A tap or click alone never submits: only holding does.
  document.addEventListener("click", (event) => event.target.closest?.("[data-hold]") && event.preventDefault(), true);
}

function begin(event, target) {
  const button = target.closest?.("[data-hold]");
  if (!button || button.disabled) return;
  stop();
  held = { button, since: performance.now(), byPointer: event.type === "pointerdown", frame: requestAnimationFrame(advance) };
  button.classList.add("holding");
}

function advance(moment) {
  if (!held) return;
  const part = Math.min(1, Math.max(0, (moment - held.since) / (Number(held.button.dataset.holdFor) || LONG)));
  held.button.style.setProperty("--held", part.toFixed(3));
  if (part < 1) held.frame = requestAnimationFrame(advance);
  else {
    const { button } = held;
    stop();
    navigator.vibrate?.(200);
    if (button.form) button.form.requestSubmit();
    else button.dispatchEvent(new CustomEvent("held", { bubbles: true }));
  }
}

/** Let go too early: said in words beside the button, for some seconds, and read aloud. */
function hint(button) {
  const place = button.parentElement?.querySelector("[data-hold-hint]");
  if (!place) return;
  clearTimeout(hinted);
  place.textContent = place.dataset.holdHint;
  hinted = setTimeout(() => (place.textContent = ""), HINT);
}

/** `event` is the letting go, and absent when it was held long enough. */
function stop(event) {
  if (!held) return;
  if (event) hint(held.button);
  cancelAnimationFrame(held.frame);
  held.button.classList.remove("holding");
  held.button.style.removeProperty("--held");
  held = null;
}
