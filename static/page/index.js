/** What needs the page, and cannot be done by a server: a file each. Works the same on pages of Flask and of the worker. */
import { watchAlarms } from "./alarms.js";
import { holdButtons } from "./hold.js";
import { installHints } from "./install.js";
import { keepForms } from "./kept.js";
import { listen } from "./live.js";
import { redrawOnChange } from "./redraw.js";
import { scanCodes } from "./scan.js";
import { tick } from "./tick.js";
import { formsOnSheet } from "./sheet.js";
import { startWorker } from "./worker.js";
import { stayAwake } from "./wake.js";

keepForms();
holdButtons();
redrawOnChange();
watchAlarms();
tick();
stayAwake();
scanCodes();
formsOnSheet();
startWorker().then((ready) => {
  installHints(ready);
  if (ready) listen();
});
