/** Draws screens as the worker does. Reads a file of [{screen, facts}], writes {template, context, html} for each, as JSON. */
import { readFileSync, writeFileSync } from "node:fs";

import * as directory from "../../static/worker/directory_screen.js";
import * as missing from "../../static/worker/missing_screen.js";
import { render } from "../../static/worker/render.js";
import * as card from "../../static/worker/screen.js";
import * as visits from "../../static/worker/visits_screen.js";
import * as careReports from "../../static/worker/care_report_screen.js";
import { learnWords } from "../../static/worker/words.js";

learnWords("en", JSON.parse(readFileSync("static/build/words.en.json", "utf8")));

const screens = { ...card, ...directory, ...missing, ...visits, ...careReports };
const [asked, answer] = process.argv.slice(2);
const drawn = JSON.parse(readFileSync(asked, "utf8")).map(({ screen, facts }) => {
  const { template, context } = screens[screen](facts);
  return { template, context, html: render(template, context) };
});
writeFileSync(answer, JSON.stringify(drawn));
