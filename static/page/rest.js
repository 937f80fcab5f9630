/**
 * A pause before the network is tried again, which ends early when it is back: the browser says so, or sharing works again. A browser says it only when
 * the phone had no network at all: not when there was one that brought nothing, under a viaduct or behind a wall.
 */
export function rest(ms) {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel("motorkap");
    const end = () => {
      clearTimeout(timer);
      channel.close();
      window.removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    window.addEventListener("online", end);
    channel.addEventListener("message", ({ data }) => data.type === "back" && end());
  });
}
