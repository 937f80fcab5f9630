/** Where a page can be asked for again that may have come as the answer to a form: a form is sent to an address that shows nothing. */
export const shownAt = ({ pathname, search }) => pathname.replace(/\/(entries|alarm|code)\/?$/, "") + search;
