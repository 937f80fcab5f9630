/** What a worker has around it and Node does not: imported before the worker's own modules. */
globalThis.self ??= globalThis;
self.location = new URL("http://localhost/worker.js");
self.registration = {};
globalThis.BroadcastChannel = class {
  postMessage() {}
  addEventListener() {}
};
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { locks: { request: (_name, work) => work() } } });

/** A pause before the next try ends no test and holds none up. */
const { setTimeout: later } = globalThis;
globalThis.setTimeout = (...given) => later(...given).unref();
