/**
 * Bundles one module with all it imports, for Node: `node scripts/bundle.mjs static/card/fold.js out.mjs`.
 *
 * The code of the phone imports JSON and templates; Node cannot, esbuild can. So a test in Node runs what the phone runs.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

import { templatesPlugin } from "./templates.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export async function bundleForNode(entry, outfile) {
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
    loader: { ".json": "json" },
    plugins: [templatesPlugin(ROOT)],
    define: { __VERSION__: '"test"', __ASSETS__: "[]" },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [entry, outfile] = process.argv.slice(2);
  await bundleForNode(entry, resolve(outfile));
}
