/** A page that came back with what is wrong begins there, as a form on the sheet does (sheet.js). Where one field alone is asked for, that has the focus. */
export function beginAtProblems() {
  if (!document.querySelector("[autofocus]")) document.querySelector("main [data-error][tabindex]")?.focus();
}
