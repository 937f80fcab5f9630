/**
 * A shared template as a JavaScript function, in few letters: every phone fetches all of them at its first visit and reads them at every cold start.
 *
 * nunjucks parses; what it would make of it is left out. It has to be ready for everything a template may do (wait for files, learn at run time what
 * a macro is), which costs twenty times the same lines for each template. Here everything is known when it is built: which macro, which template, which
 * name is whose. So a template is one template literal, a macro a function that is called by its name, and there is nothing of nunjucks on a phone:
 *
 *     {% macro struck(item) %}{% if item.corrections | length %} item-struck{% endif %}{% endmacro %}
 *     const file$card$item$struck = (c, $item) => `${length(c, $item?.corrections) ? ` item-struck` : ""}`;
 *
 * `c` is the context: an object with everything the template was given. Names that the template itself makes (of a loop, a macro, `set`) are JavaScript's
 * own and begin with a dollar sign; what is included gets them with the context. What the helpers do is in static/worker/drawing.js.
 *
 * Whatever shared templates do not use is refused, with the line: there is no second meaning to keep equal with Jinja2.
 */
import nodes from "nunjucks/src/nodes.js";
import parser from "nunjucks/src/parser.js";

const COMPARED = { "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=" };
const JOINED = { Or: "||", And: "&&", Add: "+" };

/** What a file is called in the code: `card/item.html` is `file$card$item`, and its macro `struck` is `file$card$item$struck`. */
const nameOf = (file) => `file$${file.replace(/\.html$/, "").replace(/\W/g, "$")}`;
const macroOf = (file, macro) => `${nameOf(file)}$${macro}`;
const literal = (text) => text.replace(/[\\`]|\$\{/g, "\\$&");

/** Names that are JavaScript's, from one function inwards. `sets`: those that `set` makes here, with what the name meant before. */
class Scope {
  constructor(outer = null, names = []) {
    Object.assign(this, { outer, names: new Map(names.map((name) => [name, `$${name}`])), sets: new Map() });
  }
  find(name) {
    return this.names.get(name) ?? this.outer?.find(name);
  }
  all() {
    return new Map([...(this.outer?.all() ?? []), ...this.names]);
  }
  /** A name that `set` makes here: until then it is what it was outside. */
  make(name) {
    if (this.names.has(name)) return;
    const before = this.find(name);
    this.names.set(name, before ? `${before}$` : `$${name}`);
    this.sets.set(this.names.get(name), before ?? `c.${name}`);
  }
}

class Template {
  constructor(file, source) {
    Object.assign(this, { file, filters: new Set() });
    this.root = parser.parse(source, [], {});
    this.own = this.root.findAll(nodes.Macro);
    this.macros = new Map(this.own.map(({ name }) => [name.value, macroOf(file, name.value)]));
    for (const taken of this.root.findAll(nodes.FromImport)) this.take(taken);
  }

  take(taken) {
    if (!taken.withContext) this.refuse(taken, "an import without its context");
    for (const { value } of taken.names.children) this.macros.set(value, macroOf(taken.template.value, value));
  }

  refuse({ lineno, colno }, what) {
    throw new Error(`templates/${this.file}:${(lineno ?? 0) + 1}:${(colno ?? 0) + 1}: ${what} is not among what shared templates may use`);
  }

  /** The declarations of this file: each macro, and the template itself. */
  code(known) {
    this.known = known;
    const macros = this.own.map((macro) => `const ${this.macros.get(macro.name.value)} = ${this.macro(macro)};`);
    return [...macros, `const ${nameOf(this.file)} = ${this.whole()};`].join("\n");
  }

  /** Whoever extends only fills blocks: what stands between them is nobody's. */
  whole() {
    const [base] = this.root.findAll(nodes.Extends);
    if (!base) return this.func(["c", "b"], this.root, new Scope());
    const strange = this.root.children.find((child) => !/^(Extends|Block|Macro|FromImport|Output)$/.test(child.typename));
    if (strange) this.refuse(strange, `${strange.typename} between the blocks`);
    const blocks = this.root.findAll(nodes.Block).map((block) => `${block.name.value}: ${this.func(["c"], block.body, new Scope())}`);
    return `(c) => ${nameOf(base.template.value)}(c, {${blocks.join(", ")}})`;
  }

  macro({ args, body }) {
    const scope = new Scope();
    const given = args.children.flatMap((one) => {
      const pairs = one.typename === "KeywordArgs" ? one.children.map(({ key, value }) => [key.value, ` = ${this.value(value, scope)}`]) : [[one.value, ""]];
      return pairs.map(([name, other]) => scope.names.set(name, `$${name}`) && `$${name}${other}`);
    });
    return this.func(["c", ...given], body, scope);
  }

  func(given, body, scope) {
    const text = this.text(body, scope);
    const sets = [...scope.sets].map((one) => one.join(" = "));
    return `(${given.join(", ")}) => ${sets.length ? `{ let ${sets.join(", ")}; return ${text}; }` : text}`;
  }

  /** What a part of a template says, as a template literal. */
  text(body, scope) {
    return body ? `\`${this.pieces(body, scope)}\`` : '""';
  }

  pieces(node, scope) {
    return node.children ? node.children.map((child) => this.piece(child, scope)).join("") : this.piece(node, scope);
  }

  piece(node, scope) {
    const kind = node.typename;
    if (kind === "TemplateData") return literal(node.value);
    if (kind === "NodeList") return this.pieces(node, scope);
    if (kind === "Output") return node.children.map((child) => this.output(child, scope)).join("");
    if (kind === "Macro" || kind === "FromImport") return "";
    if (kind === "If") return `\${${this.condition(node, scope)}}`;
    if (kind === "For") return `\${${this.loop(node, scope)}}`;
    if (kind === "Set") return `\${${this.set(node, scope)}}`;
    if (kind === "Include") return `\${${this.include(node, scope)}}`;
    if (kind === "Block") return `\${b.${node.name.value}?.(c) ?? ${this.text(node.body, scope)}}`;
    return this.refuse(node, kind);
  }

  /** Data are escaped; what a macro says is markup. */
  output(node, scope) {
    if (node.typename === "TemplateData") return literal(node.value);
    if (node.typename === "FunCall") return `\${${this.call(node, scope)}}`;
    if (node.typename === "Filter" && node.name.value === "t") return `\${said(${this.given(node, scope)})}`;
    return `\${shown(${this.value(node, scope)})}`;
  }

  condition({ cond, body, else_ }, scope) {
    const other = else_?.typename === "If" ? this.condition(else_, scope) : this.text(else_, scope);
    return `${this.value(cond, scope)} ? ${this.text(body, scope)} : ${other}`;
  }

  loop(node, scope) {
    if (node.name.typename !== "Symbol") this.refuse(node, "a loop over pairs");
    const inside = new Scope(scope, [node.name.value]);
    inside.loop = { used: false };
    const one = this.func([`$${node.name.value}`, "i", "all"], node.body, inside);
    const each = inside.loop.used ? one : one.replace(", i, all)", ")");
    const none = node.else_ ? `, () => ${this.text(node.else_, scope)}` : "";
    return `each(${this.value(node.arr, scope)}, ${each}${none})`;
  }

  set(node, scope) {
    const [{ value: name }] = node.targets;
    if (node.body || node.targets.length > 1) this.refuse(node, "this kind of set");
    const value = this.value(node.value, scope);
    scope.make(name);
    return `(${scope.find(name)} = ${value}, "")`;
  }

  /** A template by its name; or one of `card/`, of which the context says which. */
  include({ template }, scope) {
    const own = [...scope.all()];
    const context = own.length ? `{ __proto__: c, ${own.map((one) => one.join(": ")).join(", ")} }` : "c";
    if (template.typename === "Literal") return `${nameOf(template.value)}(${context})`;
    return `drawn(${this.value(template, scope)}, ${context})`;
  }

  given({ args }, scope) {
    return ["c", ...args.children.map((one) => this.value(one, scope))].join(", ");
  }

  /** What is included may call what those who include it import. */
  call(node, scope) {
    const macro = this.macros.get(node.name.value) ?? this.known.get(node.name.value);
    if (!macro) this.refuse(node, `a call of ${node.name.value}, of which there is not exactly one macro,`);
    return `${macro}(${this.given(node, scope)})`;
  }

  /** A value, as an expression that stands for itself wherever it is put. */
  value(node, scope) {
    const of = (one) => this.value(one, scope);
    const kind = node.typename;
    if (kind in JOINED) return `(${of(node.left)} ${JOINED[kind]} ${of(node.right)})`;
    switch (kind) {
      case "Literal":
        return JSON.stringify(node.value) ?? "undefined";
      case "Symbol":
        return this.name(node, scope);
      case "LookupVal":
        return this.part(node, scope);
      case "Group":
        return node.children.length === 1 ? of(node.children[0]) : this.refuse(node, "a group of several");
      case "Filter":
        this.filters.add(node.name.value);
        return `filters$${node.name.value}(${this.given(node, scope)})`;
      case "FunCall":
        return `markup(${this.call(node, scope)})`;
      case "Concat":
        return `(\`${[node.left, node.right].map((one) => `\${${of(one)}}`).join("")}\`)`;
      case "Not":
        return `!${of(node.target)}`;
      case "In":
        return `within(${of(node.left)}, ${of(node.right)})`;
      case "Is":
        return `is.${node.right.value}(${of(node.left)})`;
      case "InlineIf":
        return `(${of(node.cond)} ? ${of(node.body)} : ${node.else_ ? of(node.else_) : '""'})`;
      case "Compare":
        return `(${of(node.expr)}${node.ops.map(({ type, expr }) => ` ${COMPARED[type] ?? this.refuse(node, type)} ${of(expr)}`).join("")})`;
      case "Array":
        return `[${node.children.map(of).join(", ")}]`;
      case "Dict":
        return `{ ${node.children.map(({ key, value }) => `${of(key)}: ${of(value)}`).join(", ")} }`;
      default:
        return this.refuse(node, kind);
    }
  }

  name(node, scope) {
    if (this.macros.has(node.value)) this.refuse(node, `the macro ${node.value} as a value`);
    return scope.find(node.value) ?? `c.${node.value}`;
  }

  part({ target, val }, scope) {
    if (target.typename === "Symbol" && target.value === "loop") return this.turn(target, val.value, scope);
    const key = val.typename === "Literal" && /^[a-z_]\w*$/i.test(val.value) ? val.value : `[${this.value(val, scope)}]`;
    return `${this.value(target, scope)}?.${key}`;
  }

  /** Which turn of the loop it is. */
  turn(node, asked, scope) {
    let inside = scope;
    while (inside && !inside.loop) inside = inside.outer;
    const turns = { index: "(i + 1)", revindex: "(all.length - i)", first: "!i", last: "(i + 1 == all.length)", length: "all.length" };
    if (!inside || !(asked in turns)) this.refuse(node, `loop.${asked}`);
    inside.loop.used = true;
    return turns[asked];
  }
}

/** The source of a module that exports every template in `sources` ({file: text}) by its name. */
export function compile(sources) {
  const templates = Object.entries(sources).map(([file, source]) => new Template(file, source));
  const all = templates.flatMap(({ file, own }) => own.map(({ name }) => [name.value, macroOf(file, name.value)]));
  const only = new Map(all.filter(([name]) => all.filter((one) => one[0] === name).length === 1));
  const code = templates.map((template) => template.code(only));
  const used = [...new Set(templates.flatMap((template) => [...template.filters]))].sort().map((name) => `${name} as filters$${name}`);
  return [
    'import { each, is, markup, said, shown, within } from "./drawing.js";',
    `import { ${used.join(", ")} } from "./filters.js";`,
    ...code,
    "const drawn = (file, c) => templates[file](c);",
    `const templates = { ${Object.keys(sources).map((file) => `${JSON.stringify(file)}: ${nameOf(file)}`).join(", ")} };`,
    "export default templates;",
    "",
  ].join("\n");
}
