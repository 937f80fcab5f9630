/** The one button of a page for paper: the browser's own dialogue, in which "save as PDF" is a choice. */
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => window.print());
