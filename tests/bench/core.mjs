// The core in Chromium, through window.podarium: from an empty cluster to a whole Deployment ready, on the main thread.
import { eachInFreshBrowser, median } from "./chromium.mjs";

const sizes = [
  { nodes: 10, pods: 100, asked: 30 },
  { nodes: 50, pods: 1000, asked: 300 },
  { nodes: 100, pods: 5000, asked: 2000 },
];

const results = await eachInFreshBrowser(3, async (page, url) => {
  await page.goto(url);
  return page.evaluate(async (sizes) => {
    const podarium = await window.podariumReady;
    return sizes.map(({ nodes, pods }) => {
      const begun = performance.now();
      const cluster = podarium.create({ nodes, zones: 3, seed: 1 });
      const { problems } = cluster.apply(`
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${pods}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: 10m, memory: 16Mi}}
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`);
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
    });
  }, sizes);
});

console.log("core, in Chromium, median of 3 browsers");
for (const [i, { nodes, pods, asked }] of sizes.entries()) {
  const of = (key) => median(results.map((run) => run[i][key]));
  const name = `${nodes} nodes, ${pods} pods, all Ready`;
  console.log(`${name.padEnd(34)} ${of("ms").toFixed(0).padStart(6)} ms (asked ${asked})  ${(of("memory") / 2 ** 20).toFixed(0).padStart(4)} MiB of Wasm memory`);
}
