/** Who has to sign in again comes back to where they were: the line about sharing is the same on every page, so the page says which it is. */
export function comeBackAfterSignIn() {
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href='/login'], a[href^='/login?next=']");
    if (link) link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  }, true);
}
