/**
 * The time as whoever drew this page has it: the server, or the worker, which knows how far the clock of this phone is off. The line about sharing
 * carries it (`data-now`), so that it is right again whenever that line is drawn.
 */
let drawn = null;
let off = 0;

export function now() {
  const said = document.getElementById("sync-line")?.dataset.now;
  if (said && said !== drawn) off = Number(said) - Date.now();
  drawn = said;
  return Date.now() + off;
}
