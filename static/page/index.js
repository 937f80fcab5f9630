/** What needs the page, and cannot be done by a server: a file each. Works the same on pages of Flask and of the worker. */
import { watchAlarms } from "./alarms.js";
import { copyButtons } from "./copy.js";
import { holdButtons } from "./hold.js";
import { sayWhatFailed } from "./failed.js";
import { keepFocus } from "./focus.js";
import { installHints } from "./install.js";
import { filterLists } from "./filter.js";
import { hintWhileTyping } from "./language.js";
import { locateOnTap } from "./location.js";
import { keepForms } from "./kept.js";
import { listen } from "./live.js";
import { lockWhenIdle } from "./lock.js";
import { keepUnfolded } from "./open.js";
import { tapsWriteOnce } from "./once.js";
import { redrawOnChange } from "./redraw.js";
import { isSaid, leaveWhenRevoked } from "./revoked.js";
import { scanCodes } from "./scan.js";
import { tick } from "./tick.js";
import { formsOnSheet } from "./sheet.js";
import { liveTimeline } from "./timeline.js";
import { trustAnswers } from "./trusted.js";
import { comeBackAfterSignIn } from "./signin.js";
import { watchFields } from "./watch.js";
import { startWorker } from "./worker.js";
import { beginAtProblems } from "./wrong.js";
import { stayAwake } from "./wake.js";

lockWhenIdle();
trustAnswers();
keepForms();
tapsWriteOnce();
sayWhatFailed();
comeBackAfterSignIn();
copyButtons();
holdButtons();
keepUnfolded();
redrawOnChange();
keepFocus();
watchAlarms();
liveTimeline();
tick();
stayAwake();
scanCodes();
watchFields();
hintWhileTyping();
filterLists();
locateOnTap();
formsOnSheet();
beginAtProblems();
leaveWhenRevoked();
if (!isSaid()) {
  startWorker().then((ready) => {
    installHints(ready);
    if (ready) listen();
  });
}
