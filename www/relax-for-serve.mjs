// Trunk's post-build hook, for debug builds alone: `trunk serve` injects an inline script and opens a socket to reload the page,
// which the content security policy of the released page refuses.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

if (process.env.TRUNK_PROFILE === "debug") {
  const file = path.join(process.env.TRUNK_STAGING_DIR, "index.html");
  const page = await readFile(file, "utf8");
  await writeFile(
    file,
    page
      .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
      .replace("connect-src 'self'", "connect-src 'self' ws:"),
  );
}
