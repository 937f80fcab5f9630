/**
 * Builds what browsers get: the worker, the page script, the style and the libraries, into folders that git ignores.
 *
 *   static/build/   worker.js  page.js  passkey_show.js  passkey_make.js  unlock.js  push.js  figures.js
 *                   barcode.js  style.css  figures.css  words.en.json
 *   static/vendor/  htmx.min.js  zxing_reader.wasm
 *
 * The worker's version is the hash of its own code and of the assets it keeps for a cold start without a network. So a new version exists exactly
 * when something on the phone would differ, and the same source gives the same version everywhere.
 *
 * Beside each file lies its compressed form (.br, .gz), made once here and not for every visit.
 * Nothing changed since the last build: nothing is done.
 */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILD = join(ROOT, "static/build");
const VENDOR = join(ROOT, "static/vendor");
const STAMP = join(BUILD, ".stamp");

const SOURCES = ["static/worker", "static/card", "static/page", "static/style", "static/icons", "templates", "card/vocabulary", "scripts"];
const SOURCE_FILES = ["package-lock.json", "static/manifest.webmanifest", "static/headers.json", "static/policy.json"];

/** What shows and what makes a passkey, what asks to be pushed to, what draws figures: each page that needs one loads one. No warnings for programmers. */
const OF_ONE_PAGE = ["passkey_show.js", "passkey_make.js", "unlock.js", "push.js", "figures.js"];
/** Styles that only one page of a desk has: no phone fetches them on a first visit. */
const STYLES_OF_ONE_PAGE = ["figures.css"];

const exists = (path) => existsSync(join(ROOT, path));
const inRoot = (path) => join(ROOT, path);

function filesIn(folder) {
  if (!exists(folder)) return [];
  return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Names, sizes and times of everything that is built from: cheap to make, different when anything was touched. */
function fingerprint() {
  const hash = createHash("sha256");
  const files = [...SOURCES.flatMap(filesIn), ...SOURCE_FILES.filter(exists).map(inRoot)];
  for (const file of files) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function compress(file) {
  const content = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
}

/** What screens say in English, for who chooses it: one file, so that nobody else carries it. */
function englishWords() {
  const parts = ["card/vocabulary/words.en.json", "templates/words/card.en.json", "templates/words/pages.en.json"];
  return JSON.stringify(Object.assign({}, ...parts.map((part) => JSON.parse(readFileSync(inRoot(part), "utf8")))));
}

/** The assets of the shell as {url: file}: a cold start without a network needs these and nothing else. The other icons are the home screen's. */
function shellAssets() {
  return {
    "/static/build/page.js": join(BUILD, "page.js"),
    "/static/build/unlock.js": join(BUILD, "unlock.js"),
    "/static/build/style.css": join(BUILD, "style.css"),
    "/static/vendor/htmx.min.js": join(VENDOR, "htmx.min.js"),
    "/static/icons/icon.svg": inRoot("static/icons/icon.svg"),
  };
}

async function build() {
  const esbuild = await import("esbuild");
  const { templatesPlugin } = await import("./templates.mjs");
  mkdirSync(BUILD, { recursive: true });
  mkdirSync(VENDOR, { recursive: true });
  const common = { bundle: true, minify: true, legalComments: "none", logLevel: "warning", target: ["es2022"], loader: { ".json": "json" } };

  copyFileSync(inRoot("node_modules/htmx.org/dist/htmx.min.js"), join(VENDOR, "htmx.min.js"));
  copyFileSync(inRoot("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"), join(VENDOR, "zxing_reader.wasm"));
  await Promise.all([
    esbuild.build({ ...common, entryPoints: [inRoot("static/page/index.js")], outfile: join(BUILD, "page.js"), format: "iife", external: ["/static/*"] }),
    ...OF_ONE_PAGE.map((name) =>
      esbuild.build({ ...common, entryPoints: [inRoot(`static/page/${name}`)], outfile: join(BUILD, name), format: "iife", drop: ["console"] }),
    ),
    esbuild.build({ ...common, entryPoints: [inRoot("static/page/barcode.js")], outfile: join(BUILD, "barcode.js"), format: "esm" }),
    esbuild.build({ ...common, entryPoints: [inRoot("static/style/index.css")], outfile: join(BUILD, "style.css"), external: ["/static/*"] }),
    ...STYLES_OF_ONE_PAGE.map((name) => esbuild.build({ ...common, entryPoints: [inRoot(`static/style/${name}`)], outfile: join(BUILD, name) })),
  ]);

  const worker = await esbuild.build({
    ...common,
    entryPoints: [inRoot("static/worker/index.js")],
    format: "iife",
    write: false,
    plugins: [templatesPlugin(ROOT)],
    define: { __VERSION__: '"@version@"', __ASSETS__: '"@assets@"' },
  });
  const code = worker.outputFiles[0].text;
  const assets = shellAssets();
  const english = englishWords();
  writeFileSync(join(BUILD, "words.en.json"), english);
  const hash = createHash("sha256").update(code).update(english);
  for (const [url, file] of Object.entries(assets)) hash.update(url).update(readFileSync(file));
  const version = hash.digest("hex").slice(0, 12);
  const urls = JSON.stringify(Object.keys(assets));
  writeFileSync(join(BUILD, "worker.js"), code.replaceAll('"@version@"', JSON.stringify(version)).replaceAll('"@assets@"', urls));

  for (const name of ["worker.js", "page.js", ...OF_ONE_PAGE, "barcode.js", "style.css", ...STYLES_OF_ONE_PAGE, "words.en.json"]) compress(join(BUILD, name));
  for (const name of ["htmx.min.js", "zxing_reader.wasm"]) compress(join(VENDOR, name));
  return version;
}

const print = fingerprint();
const force = process.argv.includes("--force");
if (!force && existsSync(STAMP) && readFileSync(STAMP, "utf8") === print) process.exit(0);
rmSync(STAMP, { force: true });
const version = await build();
writeFileSync(STAMP, print);
console.log(`Built the worker, version ${version}.`);
