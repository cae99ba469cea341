// Starts the page: checks that the browser can run it, then loads the texts and the Wasm module that Trunk named on this
// script's element. Whatever is missing is said in a sentence that index.html already holds.
import type { Podarium } from "./podarium";
import { type Texts, loadTexts } from "./texts";

declare global {
  /** For the page in Wasm (src/app/texts). */
  var podariumTexts: Texts | undefined;
  /** The examples' index and the first example's files by name, for the page in Wasm (src/app/examples). */
  var podariumExamples: { index: string; files: Record<string, string> } | undefined;
  /** Loads CodeMirror behind its handle, after the first paint (src/app/editor/binding.rs). */
  var podariumEditor: () => Promise<typeof import("./editor")>;
  /** Loads the rules of the API server, after the first picture: what answers a question with JSON (src/app/rules). */
  var podariumRules: () => Promise<(question: string, given: string) => string>;
  /** Where a served cluster gave the page out: calls back with every line of its life (src/app/class). */
  var podariumLife: ((tell: (line: string) => void) => Promise<void>) | undefined;
  /** Called by the module's last breath (src/app/crash). */
  var podariumCrashed: () => void;
}

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

/** Compiles while the bytes arrive; whole, where a host calls them something else than `application/wasm`. */
async function compile(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(new URL(url, document.baseURI));
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  const streams = answer.headers.get("content-type")?.startsWith("application/wasm");
  return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

/** The manifests are in local storage; the mark in session storage says that the page is to begin with them. */
function crashed(): void {
  const again = (mark: boolean) => {
    if (mark) sessionStorage.setItem("podarium.restart", "1");
    location.reload();
  };
  document.getElementById("crash-restart")!.onclick = () => again(true);
  document.getElementById("crash-fresh")!.onclick = () => again(false);
  document.getElementById("crash")!.hidden = false;
  document.getElementById("crash-restart")!.focus();
  for (const part of document.querySelectorAll(".shell")) part.setAttribute("inert", "");
}

/** Lets the browser draw and listen, between two pieces of work that together would keep it waiting. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

async function textOf(url: string): Promise<string> {
  const answer = await fetch(new URL(url, document.baseURI));
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.text();
}

/** The first example is what the page opens on, so its files are fetched beside the module and not after it. */
async function loadExamples(): Promise<NonNullable<typeof podariumExamples>> {
  const index = await textOf("static/examples/index.json");
  const names: string[] = JSON.parse(index)[0].files;
  const files = await Promise.all(names.map(async (name) => [name, await textOf(`static/examples/${name}`)] as const));
  return { index, files: Object.fromEntries(files) };
}

/** A class has its token after the `#`, which stays in the browser. */
async function follow(life: string, tell: (line: string) => void): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  const headers: HeadersInit = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(new URL(life, document.baseURI), { headers });
  if (!answer.ok || !answer.body) throw new Error(`${life}: ${answer.status}`);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop()!;
    lines.forEach(tell);
  }
}

type Rules = Awaited<ReturnType<typeof podariumRules>>;
let rules: Promise<Rules> | undefined;
let rulesArrived: () => void;
const rulesAreThere = new Promise<void>((resolve) => (rulesArrived = resolve));

/** Asked for again after a failure, since a network may come back. */
function loadRules(): Promise<Rules> {
  rules ??= (async () => {
    try {
      const [module, compiled] = await Promise.all([
        import(new URL("podarium-rules.js", document.baseURI).href),
        compile("podarium-rules_bg.wasm"),
      ]);
      await module.default({ module_or_path: compiled });
      // Behind the page's own reaction to the arrival.
      setTimeout(rulesArrived);
      return module.answer;
    } catch (error) {
      rules = undefined;
      throw error;
    }
  })();
  return rules;
}

let ready: (podarium: Podarium) => void;
window.podariumReady = new Promise((resolve) => (ready = resolve));

async function start(): Promise<void> {
  if (!(await canRunWasm())) return say("no-wasm");
  if (!document.createElement("canvas").getContext?.("2d")) return say("no-canvas");
  const { module, wasm } = document.querySelector<HTMLScriptElement>("script[data-module]")!.dataset;
  try {
    const [page, compiled, texts, examples] = await Promise.all([
      import(new URL(module!, document.baseURI).href),
      compile(wasm!),
      loadTexts(),
      loadExamples(),
    ]);
    globalThis.podariumTexts = texts;
    globalThis.podariumExamples = examples;
    globalThis.podariumEditor = async () => {
      // Side by side, though one imports the other.
      const file = (name: string) => import(new URL(name, document.baseURI).href);
      const [editor] = await Promise.all([file("editor.js"), file("editor-core.js")]);
      await turn();
      return editor;
    };
    document.documentElement.lang = texts.language;
    globalThis.podariumRules = loadRules;
    globalThis.podariumCrashed = crashed;
    const life = document.querySelector<HTMLMetaElement>("meta[name=podarium-life]")?.content;
    if (life) globalThis.podariumLife = (tell) => follow(life, tell);
    await turn();
    await page.default({ module_or_path: compiled });
    // A script may ask a cluster for anything at once, so it waits for the rules.
    await rulesAreThere;
    window.podarium = { create: (options = {}) => page.podariumCreate(options), __panic: () => page.podariumPanic() };
    ready(window.podarium);
  } catch (error) {
    console.error(error);
    say("no-start");
  }
}

void start();
