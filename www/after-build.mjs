// Trunk's post-build hook. Released: makes the script that wasm-bindgen writes small, and names its new digest in the page.
// For `trunk serve`, which injects an inline script and opens a socket to reload the page: lets the content security policy allow both.
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { transform } from "esbuild";

const stage = process.env.TRUNK_STAGING_DIR;
const index = path.join(stage, "index.html");
let page = await readFile(index, "utf8");

if (process.env.TRUNK_PROFILE === "debug") {
  page = page
    .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
    .replace("connect-src 'self'", "connect-src 'self' ws:");
} else {
  const digest = (text) => `sha384-${createHash("sha384").update(text).digest("base64")}`;
  for (const name of (await readdir(stage)).filter((name) => /^podarium-(page-.*|rules)\.js$/.test(name))) {
    const file = path.join(stage, name);
    const large = await readFile(file, "utf8");
    const { code } = await transform(large, { minify: true, target: "es2022", legalComments: "none" });
    // The page names the digest of what it asks for at once; the rules come later and by boot.ts.
    if (name.startsWith("podarium-page") && !page.includes(digest(large))) throw new Error(`${index} does not name the digest of ${name}`);
    page = page.replace(digest(large), digest(code));
    await writeFile(file, code);
  }
}
await writeFile(index, page);
