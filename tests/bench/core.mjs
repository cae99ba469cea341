// The core in Chromium, through window.podarium, on the main thread: from an empty cluster to a whole Deployment ready, and
// requests to a Service decided.
import { deployment, eachInFreshBrowser, median, print, round } from "./chromium.mjs";

const sizes = [
  { nodes: 10, pods: 100, asked: 30 },
  { nodes: 50, pods: 1000, asked: 300 },
  { nodes: 100, pods: 5000, asked: 2000 },
];

/** Milliseconds until all pods are ready, and the Wasm memory then. */
function rollout({ nodes, pods, text }) {
  const begun = performance.now();
  const cluster = window.podarium.create({ nodes, zones: 3, seed: 1 });
  const { problems } = cluster.apply(text);
  if (problems.length) throw new Error(problems[0].message);
  let summary = cluster.summary();
  while (summary.ready < pods + 2) {
    if (summary.virtualMs > 900_000) throw new Error(`only ${summary.ready} pods are ready`);
    cluster.advance(500);
    summary = cluster.summary();
  }
  const ms = performance.now() - begun;
  cluster.free();
  return { ms, memory: summary.peakBytes };
}

/** Requests a second to one of 5,000 Services, which has 100 endpoints. */
function decisions() {
  const packets = 200_000;
  const cluster = window.podarium.create();
  const post = (path, body) => {
    const { code } = cluster.handle({ method: "POST", path, body });
    if (code >= 300) throw new Error(`${path}: ${code}`);
  };
  for (let i = 0; i < 5000; i += 1) {
    const clusterIP = `10.96.${64 + Math.floor(i / 250)}.${(i % 250) + 1}`;
    const body = { apiVersion: "v1", kind: "Service", metadata: { name: `s${i}` }, spec: { clusterIP, ports: [{ port: 80 }] } };
    post("/api/v1/namespaces/default/services", body);
  }
  post("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    addressType: "IPv4",
    metadata: { name: "s2500-x", labels: { "kubernetes.io/service-name": "s2500" } },
    endpoints: Array.from({ length: 100 }, (_, i) => ({ addresses: [`10.244.9.${i + 1}`], conditions: { ready: true } })),
    ports: [{ name: "", port: 80, protocol: "TCP" }],
  });
  cluster.advance(5000);
  let best = 0;
  for (let run = 0; run < 5; run += 1) {
    const begun = performance.now();
    if (cluster.decide("10.96.74.1", 80, packets) !== packets) throw new Error("not every packet was sent on");
    best = Math.max(best, packets / ((performance.now() - begun) / 1000));
  }
  cluster.free();
  return best;
}

const results = await eachInFreshBrowser(5, async (page, url) => {
  await page.goto(url);
  // The page has started and its own cluster lives: it rests, so that it takes no time from what is measured.
  await page.waitForSelector("[role=treeitem]", { state: "attached" });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.waitForTimeout(1000);
  const once = (nodes, pods) => page.evaluate(rollout, { nodes, pods, text: deployment(pods) });
  const figures = { fresh: await once(10, 100) };
  for (let run = 0; run < 5; run += 1) figures.warm = await once(10, 100);
  figures.sizes = [];
  for (const { nodes, pods } of sizes.slice(1)) figures.sizes.push(await once(nodes, pods));
  figures.perSecond = await page.evaluate(decisions);
  return figures;
});

const of = (read) => round(median(results.map(read)));
const name = ({ nodes, pods }) => `${nodes} nodes, Deployment of ${pods}, all Ready`;
print(`${name(sizes[0])}, the first in a fresh page`, { ms: of((run) => run.fresh.ms), asked: sizes[0].asked });
print(`${name(sizes[0])}, the sixth`, { ms: of((run) => run.warm.ms), asked: sizes[0].asked });
for (const [i, size] of sizes.slice(1).entries()) {
  const mib = of((run) => run.sizes[i].memory / 2 ** 20);
  print(name(size), { ms: of((run) => run.sizes[i].ms), asked: size.asked, mib });
}
print("ClusterIP requests decided per second, 100 endpoints among 5,000 Services", { perSecond: Math.round(of((run) => run.perSecond)), asked: 400_000 });
