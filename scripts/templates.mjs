/**
 * The shared templates as a module: `import templates from "motorkap:templates"` gives {name: compiled template}.
 *
 * nunjucks compiles a template to JavaScript. Doing that here, and not on the phone, keeps `eval` out of the worker: the content security
 * policy forbids it, and a cold start has nothing to compile. What it compiles to is many times the same few calls; they get short names here, because
 * every phone fetches them once and reads them at every cold start.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import nunjucks from "nunjucks";

const ONLY_FLASK = ["login", "errors", "people", "devices", "privacy", "review", "organisation", "guide_keeping", "push", "figures"];

export function templateFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".html") && !ONLY_FLASK.includes(name.split("/")[0].replace(/\.html$/, "")))
    .sort();
}

/** What the compiled templates call instead of nunjucks' own names; all of it is escaped, as the environment of the worker is set (render.js). */
const SHORT = `
import nunjucks from "motorkap:nunjucks";
const { contextOrFrameLookup: L, memberLookup: M, suppressValue } = nunjucks.runtime;
const S = (value) => suppressValue(value, true);
const F = (context, name, ...given) => context.env.getFilter(name).call(context, ...given);
`;

/** The same code in fewer letters: short names, no line numbers (nothing shows them), and of a loop only what some template asks. */
function shorter(code, asked) {
  return code
    .replace(/lineno = \d+;\s*colno = \d+;/g, "")
    .replace(/\(lineno = \d+, colno = \d+, /g, "(")
    .replace(/runtime\.contextOrFrameLookup\(/g, "L(")
    .replace(/runtime\.memberLookup\(/g, "M(")
    .replace(/runtime\.suppressValue\(/g, "S(")
    .replace(/, env\.opts\.autoescape\)/g, ")")
    .replace(/env\.getFilter\(("\w+")\)\.call\(context, /g, "F(context, $1, ")
    .replace(/frame\.set\("(loop\.\w+)", [^;]+;\n/g, (whole, name) => (asked.has(name) ? whole : ""));
}

/** The source of a module that exports every template of `folder`, compiled. */
export function compileTemplates(folder) {
  const env = new nunjucks.Environment(null, { autoescape: true });
  const wrapper = ([{ name, template }]) => `${JSON.stringify(name)}: (function () { ${template} })(),\n`;
  const sources = templateFiles(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);
  const asked = new Set(sources.flatMap(([, source]) => source.match(/loop\.\w+/g) ?? []));
  const compiled = sources.map(([name, source]) => shorter(nunjucks.precompileString(source, { name, env, wrapper }), asked));
  return `${SHORT}export default {\n${compiled.join("")}};\n`;
}

/**
 * nunjucks as a phone needs it: it draws compiled templates at once, from memory, with the filters of render.js. So without its compiler, its own
 * filters, its loaders of files, and what waits for those. `import nunjucks from "motorkap:nunjucks"`.
 */
const ENGINE = `
import { Environment } from "nunjucks/src/environment.js";
import lib from "nunjucks/src/lib.js";
import { PrecompiledLoader } from "nunjucks/src/precompiled-loader.js";
import runtime from "nunjucks/src/runtime.js";
export default { Environment, PrecompiledLoader, lib, runtime };
`;
const SPARED = {
  "./compiler": "module.exports = {};",
  "./express-app": "module.exports = {};",
  "./filters": "module.exports = {};",
  "./loaders": "module.exports = {};",
  asap: "module.exports = queueMicrotask;",
  events: "module.exports = function () {}; module.exports.prototype.emit = function () {};",
  path: "module.exports = {};",
};

export function templatesPlugin(root) {
  const folder = join(root, "templates");
  return {
    name: "motorkap-templates",
    setup(build) {
      build.onResolve({ filter: /^motorkap:nunjucks$/ }, () => ({ path: "nunjucks", namespace: "motorkap-engine" }));
      build.onLoad({ filter: /.*/, namespace: "motorkap-engine" }, () => ({ contents: ENGINE, resolveDir: root }));
      build.onResolve({ filter: /.*/ }, ({ path, importer }) =>
        /nunjucks[/\\]src[/\\]/.test(importer) && Object.hasOwn(SPARED, path) ? { path, namespace: "motorkap-spared" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "motorkap-spared" }, ({ path }) => ({ contents: SPARED[path] }));
      build.onResolve({ filter: /^motorkap:templates$/ }, () => ({ path: "templates", namespace: "motorkap" }));
      build.onLoad({ filter: /.*/, namespace: "motorkap" }, () => ({
        contents: compileTemplates(folder),
        resolveDir: root,
        watchFiles: templateFiles(folder).map((name) => relative(root, join(folder, name))),
      }));
    },
  };
}
