/** How everything of this phone is handed in: `POST /sync`, as this person, and never led elsewhere. Throws when there is no network. */
export const postSync = (body, signal) =>
  fetch("/sync", {
    method: "POST",
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
