import { start } from "./app.js";

// The library runs in this page: no file leaves the browser.
const ready = new Promise((resolve) => { globalThis.rowsightReady = resolve; });
const packed = await fetch("rowsight.wasm.gz");
const body = packed.body.pipeThrough(new DecompressionStream("gzip"));
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiateStreaming(new Response(body, { headers: { "Content-Type": "application/wasm" } }), go.importObject);
go.run(instance);
await start(await ready);
document.documentElement.dataset.started = String(Math.round(performance.now()));
