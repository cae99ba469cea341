// Trunk's pre-build hook: writes into target/site what index.html takes besides the Wasm module:
// one style sheet, the fonts, the texts by language, the editor and the starter.
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const out = path.join(root, "target/site");
const minify = process.env.TRUNK_PROFILE !== "debug";

/** Fonts that are shipped: the file in its package, and its name in dist/fonts. */
const fonts = [
  ["@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2", "source-sans-3.woff2"],
  ["@fontsource/source-code-pro/files/source-code-pro-latin-400-normal.woff2", "source-code-pro-400.woff2"],
  ["@fontsource-variable/source-sans-3/LICENSE", "LICENSE-source-sans-3.txt"],
  ["@fontsource/source-code-pro/LICENSE", "LICENSE-source-code-pro.txt"],
];

async function filesUnder(folder, ending) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith(ending)) found.push(path.join(entry.parentPath ?? entry.path, entry.name));
  }
  return found.sort();
}

async function styles() {
  const read = (name) => readFile(path.join(root, name), "utf8");
  // A person's choice (data-theme) outranks the system's; the dark colours are written once and used for both.
  const dark = await read("www/styles/dark.css");
  const system = dark.replace(':root[data-theme="dark"]', ':root:not([data-theme="light"])');
  if (system === dark) throw new Error("www/styles/dark.css has no :root[data-theme=\"dark\"] block");
  const sheets = [
    await read("www/styles/tokens.css"),
    dark,
    `@media (prefers-color-scheme: dark) {\n${system}}`,
    await read("www/styles/base.css"),
    ...(await Promise.all((await filesUnder(path.join(root, "src/app"), ".css")).map((file) => readFile(file, "utf8")))),
  ];
  const { code, warnings } = await transform(sheets.join("\n"), {
    loader: "css",
    minify,
    target: ["chrome111", "firefox113", "safari16.4"],
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join("\n"));
  await writeFile(path.join(out, "podarium.css"), code);
}

/** Languages, the one that has every message first. */
const languages = (await readdir(path.join(root, "src/app/i18n"))).sort((a, b) => Number(b === "en") - Number(a === "en") || a.localeCompare(b));

/** One file a language: its messages, without the comments that are for translators. */
async function texts(language) {
  const files = await filesUnder(path.join(root, "src/app/i18n", language), ".ftl");
  const parts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const lines = parts.join("\n").split("\n").filter((line) => !line.startsWith("#"));
  await writeFile(path.join(out, "texts", `${language}.ftl`), lines.join("\n"));
}

async function scripts() {
  const options = {
    absWorkingDir: root,
    outdir: out,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify,
    define: { LANGUAGES: JSON.stringify(languages) },
    legalComments: "none",
    logLevel: "warning",
  };
  await build({ ...options, entryPoints: ["www/boot.ts"] });
  // What the editor and its later part share is one file, whose name the page must know.
  await build({ ...options, entryPoints: ["www/editor.ts", "www/editor-more.ts"], splitting: true, chunkNames: "editor-core" });
}

// What an earlier build left there would be published with this one.
await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, "fonts"), { recursive: true });
await mkdir(path.join(out, "texts"), { recursive: true });
await Promise.all([
  styles(),
  scripts(),
  ...languages.map(texts),
  ...fonts.map(([from, to]) => copyFile(path.join(root, "node_modules", from), path.join(out, "fonts", to))),
]);
