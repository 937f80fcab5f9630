/**
 * The shared templates as a module: `import templates from "motorkap:templates"` gives {name: function of a context}.
 *
 * Compiling them here (compile.mjs), and not on the phone, keeps `eval` out of the worker: the content security policy forbids it, and a cold start has
 * nothing to compile.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

import { compile } from "./compile.mjs";

const ONLY_FLASK = [
  "calendar", "code", "code_page", "devices", "errors", "figures", "guide_keeping", "joint", "login", "organisation", "people", "print", "privacy", "push",
  "review",
];

export function templateFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".html") && !ONLY_FLASK.includes(name.split("/")[0].replace(/\.html$/, "")))
    .sort();
}

/** The source of a module that exports every template of `folder`, compiled. */
export function compileTemplates(folder) {
  return compile(Object.fromEntries(templateFiles(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")])));
}

export function templatesPlugin(root) {
  const folder = join(root, "templates");
  return {
    name: "motorkap-templates",
    setup(build) {
      build.onResolve({ filter: /^motorkap:templates$/ }, () => ({ path: "templates", namespace: "motorkap" }));
      build.onLoad({ filter: /.*/, namespace: "motorkap" }, () => ({
        contents: compileTemplates(folder),
        resolveDir: join(root, "static/worker"),
        watchFiles: templateFiles(folder).map((name) => relative(root, join(folder, name))),
      }));
    },
  };
}
