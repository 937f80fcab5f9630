/** What somebody unfolded stays so when it is drawn again, and what they folded too: only what was not there yet is as it was sent. */
export function keepUnfolded() {
  document.addEventListener("htmx:before:swap", ({ detail }) => {
    for (const { target, fragment, swapSpec } of detail.tasks) if (/morph/i.test(swapSpec?.style ?? "")) asItStood(target, fragment);
  });
}

/** By its id where there are several of a kind (an offer, a question), else by its place among those that have none. */
export function asItStood(old, fresh) {
  const stood = named(old);
  for (const [name, one] of named(fresh)) if (stood.has(name)) one.toggleAttribute("open", stood.get(name).open);
}

function named(root) {
  let nth = 0;
  return new Map([...root.querySelectorAll("details")].map((one) => [one.id || (nth += 1), one]));
}
