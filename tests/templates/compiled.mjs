/** Draws small templates as the phone would. Reads {sources: {file: text}, contexts: {file: context}}, writes {file: html}, or what was refused as {error}. */
import { readFileSync } from "node:fs";

import * as esbuild from "esbuild";

import { compile } from "../../scripts/compile.mjs";

const { sources, contexts } = JSON.parse(readFileSync(0, "utf8"));
try {
  const stdin = { contents: compile(sources), resolveDir: "static/worker", sourcefile: "templates.js" };
  const built = await esbuild.build({ stdin, bundle: true, write: false, format: "esm", minify: true, loader: { ".json": "json" }, define: { __VERSION__: '""', __ASSETS__: "[]" } });
  const { default: templates } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);
  console.log(JSON.stringify(Object.fromEntries(Object.entries(contexts).map(([file, context]) => [file, templates[file]({ __proto__: null, ...context })]))));
} catch (error) {
  console.log(JSON.stringify({ error: error.message }));
}
