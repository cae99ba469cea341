// A static server for dist/, as plain as the hosts it will be published on: no rewriting, no special headers.
//   node script/serve.mjs [port]      serves dist/ on 127.0.0.1 until it is stopped
// Tests import `serve`, with a folder prefix and port 0 (any free one).
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../dist");

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
  ".yaml": "text/yaml; charset=utf-8",
};

/** Serves `folder` under `prefix` ("/" or "/some/where/"); resolves to the URL of that prefix and a function that ends the server. */
export async function serve({ folder = dist, prefix = "/", port = 0 } = {}) {
  const server = createServer(async (request, response) => {
    const refuse = (status) => response.writeHead(status, { "content-type": "text/plain" }).end(`${status}\n`);
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(405);
    let name;
    try {
      name = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    } catch {
      return refuse(400);
    }
    if (!name.startsWith(prefix)) return refuse(404);
    let file = path.join(folder, path.normalize(`/${name.slice(prefix.length)}`));
    try {
      if ((await stat(file)).isDirectory()) file = path.join(file, "index.html");
      const { size } = await stat(file);
      response.writeHead(200, {
        "content-type": types[path.extname(file)] ?? "application/octet-stream",
        "content-length": size,
        "cache-control": "no-cache",
      });
    } catch {
      return refuse(404);
    }
    if (request.method === "HEAD") return response.end();
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serve({ port: Number(process.argv[2] ?? 8080) });
  console.log(`Podarium is at ${url} (Ctrl-C ends it)`);
}
