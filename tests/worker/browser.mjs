/** What the worker's modules need of a browser, and of which these tests need nothing. To be imported before them. */
globalThis.self = { registration: {}, location: { origin: "https://motorkap.example" } };
globalThis.BroadcastChannel = class {
  postMessage() {}
};
