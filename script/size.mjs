// Prints what the first load of the page weighs, file by file, beside what was asked, and fails when it has grown.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { dist } from "./serve.mjs";

const asked = 1100 * 1024;
const examples = path.join(dist, "static/examples");
const [first] = JSON.parse(await readFile(path.join(examples, "index.json"), "utf8"));
const atStart = new Set(["index.json", ...first.files]);
const files = (await readdir(dist, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
  // The rules arrive when the first cluster lives; what they weigh is told below.
  .filter((file) => !path.basename(file).startsWith("podarium-rules"))
  // What the editor needs once somebody works in it comes then.
  .filter((file) => path.basename(file) !== "editor-more.js")
  // Nobody's browser asks for the fonts' licences, nor for an example before somebody opens it.
  .filter((file) => !path.basename(file).startsWith("LICENSE"))
  .filter((file) => !file.startsWith(examples + path.sep) || atStart.has(path.relative(examples, file)));

const kib = (bytes) => (bytes / 1024).toFixed(1).padStart(9);
let total = 0;
const rows = [];
for (const file of files) {
  const content = await readFile(file);
  // Fonts are compressed already and servers send them as they are.
  const sent = file.endsWith(".woff2") ? content.length : gzipSync(content, { level: 9 }).length;
  total += sent;
  rows.push([sent, `${kib(content.length)} ${kib(sent)}  ${path.relative(dist, file)}`]);
}
console.log("      KiB   gzipped");
for (const [, row] of rows.sort(([a], [b]) => b - a)) console.log(row);
console.log(`          ${kib(total)}  first load, everything included (at most ${asked / 1024})`);
for (const name of ["podarium-rules.js", "podarium-rules_bg.wasm", "editor-more.js"]) {
  const content = await readFile(path.join(dist, name));
  console.log(`${kib(content.length)} ${kib(gzipSync(content, { level: 9 }).length)}  ${name}, later`);
}
if (total > asked) {
  console.error("size: the first load has grown over its bound");
  process.exit(1);
}
