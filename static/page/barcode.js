/** The scanner for browsers that have none: loaded only when somebody scans, with its engine from this server and from nowhere else. */
import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";

prepareZXingModule({ overrides: { locateFile: (path) => `/static/vendor/${path}` } });

export { BarcodeDetector };
