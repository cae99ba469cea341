// Starts the page: checks that the browser can run it, then loads the Wasm module that Trunk named on this script's element.
// Whatever is missing is said in a sentence that index.html already holds.

function say(id: "no-wasm" | "no-canvas" | "no-start"): void {
  const sentence = document.getElementById(id);
  if (sentence) sentence.hidden = false;
}

/** Wasm may exist and yet be forbidden (by a policy or a locked-down mode), so a module of no content is really compiled. */
async function canRunWasm(): Promise<boolean> {
  try {
    await WebAssembly.compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
    return true;
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  if (!(await canRunWasm())) return say("no-wasm");
  if (!document.createElement("canvas").getContext?.("2d")) return say("no-canvas");
  const { module, wasm } = document.querySelector<HTMLScriptElement>("script[data-module]")!.dataset;
  try {
    const page = await import(new URL(module!, document.baseURI).href);
    await page.default({ module_or_path: new URL(wasm!, document.baseURI) });
  } catch (error) {
    console.error(error);
    say("no-start");
  }
}

void start();
