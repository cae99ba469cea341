// What every measurement in Chromium shares: the built page in a fresh profile, what its main thread did, and the middle of
// several runs.
import { chromium } from "@playwright/test";
import { serve } from "../../script/serve.mjs";

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--enable-precise-memory-info"];

/** Runs `measure(page, url)` `runs` times, each in a browser of its own, and resolves to all results. */
export async function eachInFreshBrowser(runs, measure) {
  const site = await serve();
  const results = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const browser = await chromium.launch({ executablePath: process.env.CHROME ?? "/usr/bin/chromium", args });
      try {
        results.push(await measure(await browser.newPage({ viewport: { width: 1440, height: 900 } }), site.url));
      } finally {
        await browser.close();
      }
    }
  } finally {
    await site.close();
  }
  return results;
}

/**
 * What the page's main thread did while `during` ran: its tasks, and the work from each frame's beginning to the next one's, in
 * milliseconds. `wall` is as the clock has it, `cpu` what the thread itself got: on a machine that is busy with other things the
 * first is longer.
 */
export async function traced(page, during) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await during();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const thread = ({ pid, tid }) => `${pid}:${tid}`;
  const main = new Set(traceEvents.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map(thread));
  const begun = traceEvents.filter((e) => e.name === "FireAnimationFrame" && main.has(thread(e)));
  // A browser keeps a spare renderer: the page's is the one that draws.
  const own = thread(begun[0] ?? {});
  const all = traceEvents.filter((e) => e.ph === "X" && /RunTask$/.test(e.name) && thread(e) === own).sort((a, b) => a.ts - b.ts);
  const tasks = all.map(({ ts, dur, tdur = 0 }) => ({ at: ts / 1000, wall: dur / 1000, cpu: tdur / 1000 }));
  const frames = [];
  const starts = new Set(begun.filter((e) => thread(e) === own).map((e) => all.findLast((task) => task.ts <= e.ts)));
  for (const [i, task] of all.entries()) {
    if (starts.has(task)) frames.push({ wall: 0, cpu: 0 });
    const frame = frames.at(-1);
    if (!frame) continue;
    frame.wall += tasks[i].wall;
    frame.cpu += tasks[i].cpu;
  }
  return { tasks, frames };
}

/** The page opened on a cluster of one's own: `example` as in static/examples/index.json, `text` its manifest. */
export async function openOn(page, url, example, text) {
  await page.route("**/static/examples/index.json", (route) => route.fulfill({ json: [{ id: "shop", files: ["bench.yaml"], ...example }] }));
  await page.route("**/static/examples/bench.yaml", (route) => route.fulfill({ body: text, contentType: "text/yaml" }));
  await page.goto(url);
}

/** A Deployment of so many small pods behind a load balancer. */
export const deployment = (pods) => `
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
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
`;

/** Prints a figure as a line of JSON, what was asked for beside it. */
export const print = (what, figures) => console.log(JSON.stringify({ what, ...figures }));

/** The middle value. */
export const median = (values) => quantile(values, 0.5);

/** The value that this part of all values lies below. */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)];
}

/** To a tenth. */
export const round = (value) => Math.round(value * 10) / 10;
