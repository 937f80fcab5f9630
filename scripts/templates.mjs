/**
 * The shared templates as a module: `import templates from "motorkap:templates"` gives {name: compiled template}.
 *
 * nunjucks compiles a template to JavaScript. Doing that here, and not on the phone, keeps `eval` out of the worker: the content security
 * policy forbids it, and a cold start has nothing to compile.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import nunjucks from "nunjucks";

const ONLY_FLASK = ["login", "errors", "people", "devices", "privacy", "review", "organisation"];

/** Where in the template each statement stood: that is for programmers, and no phone needs to fetch it. */
const PLACES = /(?<!var )\b(?:lineno|colno) = \d+[;,]\s*/g;

export function templateFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".html") && !ONLY_FLASK.includes(name.split("/")[0].replace(/\.html$/, "")))
    .sort();
}

/** The source of a module that exports every template of `folder`, compiled. */
export function compileTemplates(folder) {
  const env = new nunjucks.Environment(null, { autoescape: true });
  const wrapper = ([{ name, template }]) => `${JSON.stringify(name)}: (function () { ${template.replace(PLACES, "")} })(),\n`;
  const compiled = templateFiles(folder).map((name) =>
    nunjucks.precompileString(readFileSync(join(folder, name), "utf8"), { name, env, wrapper }),
  );
  return `export default {\n${compiled.join("")}};\n`;
}

export function templatesPlugin(root) {
  const folder = join(root, "templates");
  return {
    name: "motorkap-templates",
    setup(build) {
      build.onResolve({ filter: /^motorkap:templates$/ }, () => ({ path: "templates", namespace: "motorkap" }));
      build.onLoad({ filter: /.*/, namespace: "motorkap" }, () => ({
        contents: compileTemplates(folder),
        resolveDir: root,
        watchFiles: templateFiles(folder).map((name) => relative(root, join(folder, name))),
      }));
    },
  };
}
