/**
 * While a finger is on the screen nothing is drawn. What comes in just then pushes away what the finger is on, and the tap is for whatever came in its
 * place: a browser gives it to what is under the finger when it goes up.
 */

/** A tap reaches the page a moment after the finger has gone up. */
const TAP_FOLLOWS = 50;
/** A hand that rests on the screen, or of which nobody said that it went: a press of an alarm takes half of this. */
const NO_LONGER = 3_000;

let lifted = null;
let lift = () => {};
let timer = null;

export function watchFinger() {
  const options = { capture: true, passive: true };
  document.addEventListener("pointerdown", down, options);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => lifted && after(TAP_FOLLOWS), options);
}

function down() {
  lifted ??= new Promise((resolve) => (lift = resolve));
  after(NO_LONGER);
}

function after(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    lifted = null;
    lift();
  }, ms);
}

/** Resolves when no finger is on the screen: at once when there is none. */
export const untilLifted = () => lifted ?? Promise.resolve();
