/**
 * Charts of the figures, each drawn from the table under it (Observable Plot). Without this script the tables say all there is.
 *
 * Plot puts a <style> into what it draws, which our content security policy refuses (no inline style). So a chart is made in a document of its own,
 * where nothing is drawn, its style is left there, and static/style/figures.css says what it said.
 */
import { axisX, barX, plot, ruleX, text, tickX } from "@observablehq/plot";

const MOST = 12;
const ROW_PX = 46;
const AXIS_PX = 32;

const elsewhere = document.implementation.createHTMLDocument("");

const number = (cell) => Number(cell.textContent);

/** The lines of a table as they stand there: what it is called, how many, and of waiting the median and the ninetieth. */
function linesOf(table) {
  return [...table.tBodies[0].rows]
    .filter((row) => row.cells.length > 1)
    .slice(0, MOST)
    .map(({ cells: [name, many, median, ninetieth] }) => ({
      name: name.textContent,
      value: number(median ?? many),
      ...(median ? { ninetieth: number(ninetieth), said: `${median.textContent} (${ninetieth.textContent})` } : { said: many.textContent }),
    }));
}

/** What a line is called stands above its bar: on a phone there is no room beside it. */
function chart(lines, width) {
  const most = Math.max(...lines.map((line) => Math.max(line.value, line.ninetieth ?? 0)));
  const waits = lines.some((line) => line.ninetieth !== undefined);
  const at = { y: "name", fill: "currentColor", textAnchor: "start" };
  return plot({
    document: elsewhere,
    className: "plot",
    width,
    height: lines.length * ROW_PX + AXIS_PX,
    marginLeft: 2,
    marginRight: 2,
    marginTop: 0,
    marginBottom: AXIS_PX,
    x: { domain: [0, Math.max(1, most * 1.25)], label: null },
    y: { domain: lines.map((line) => line.name), axis: null, padding: 0 },
    marks: [
      axisX({ ticks: Math.max(2, Math.round(width / 120)), tickFormat: (value) => (Number.isInteger(value) ? String(value) : "") }),
      barX(lines, { x: "value", y: "name", fill: "var(--act)", insetTop: 22, insetBottom: 6 }),
      ...(waits ? [tickX(lines, { x: "ninetieth", y: "name", stroke: "var(--edge)", strokeWidth: 4, insetTop: 18, insetBottom: 2 })] : []),
      text(lines, { ...at, x: 0, text: "name", dy: -12 }),
      text(lines, { ...at, x: (line) => Math.max(line.value, line.ninetieth ?? 0), text: "said", dx: 8, dy: 8, fontWeight: "bold" }),
      ruleX([0], { stroke: "var(--edge)" }),
    ],
  });
}

function draw(place) {
  const table = document.querySelector(`[data-table="${place.dataset.chart}"]`);
  const drawn = chart(linesOf(table), place.clientWidth);
  for (const style of drawn.querySelectorAll("style")) style.remove();
  drawn.setAttribute("role", "img");
  drawn.setAttribute("aria-label", place.dataset.label);
  for (const part of drawn.children) part.setAttribute("aria-hidden", "true");
  place.replaceChildren(drawn);
}

for (const place of document.querySelectorAll("[data-chart]")) {
  place.hidden = false;
  const hint = place.nextElementSibling;
  if (hint?.matches("[data-chart-hint]")) hint.hidden = false;
  let width = 0;
  new ResizeObserver(() => {
    if (place.clientWidth === width || matchMedia("print").matches) return;
    width = place.clientWidth;
    draw(place);
  }).observe(place);
}
