/** Draws a screen on this phone: the shared templates, compiled when the worker was built, to the same bytes as blueprints/engine.py. */
import templates from "motorkap:templates";

export function render(template, context) {
  return templates[template]({ __proto__: null, ...context });
}
