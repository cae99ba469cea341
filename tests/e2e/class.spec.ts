// A class: `podarium serve` gives the page out, somebody drives the cluster by its API, and the page shows that very cluster.
import { type ChildProcess, spawn } from "node:child_process";
import { expect, test } from "@playwright/test";

let server: ChildProcess;
let url: string;

test.beforeAll(async () => {
  server = spawn("target/debug/podarium", ["serve", "--listen", "127.0.0.1:0", "--dist", "dist"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  url = await new Promise((resolve, reject) => {
    let said = "";
    server.once("error", reject);
    server.stderr!.on("data", (text) => {
      const found = /nodes at (http:\S+)/.exec((said += text));
      if (found) resolve(found[1]!);
    });
  });
});

test.afterAll(() => {
  server.kill();
});

const web = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } },
  },
};

test("a page follows the cluster that gave it out, until somebody acts in it", async ({ page, request }) => {
  const deployments = `${url}/apis/apps/v1/namespaces/default/deployments`;
  await page.goto(`${url}/`);
  const pods = page.locator(".pod-count");
  await expect(page.locator(".following")).toBeVisible();
  // Two of them are CoreDNS's.
  await expect(pods).toContainText("2");
  await expect(page.locator(".clock")).toHaveText(/^00:0/);

  expect((await request.post(deployments, { data: web })).status()).toBe(201);
  await expect(pods).toContainText("4");
  await expect(pods).toHaveText("4 of 4 pods ready", { timeout: 30_000 });

  // Who pauses and goes on is where the others are.
  await page.getByRole("button", { name: "Pause" }).click();
  const scale = { data: { spec: { replicas: 3 } }, headers: { "Content-Type": "application/merge-patch+json" } };
  expect((await request.patch(`${deployments}/web/scale`, scale)).status()).toBe(200);
  await page.getByRole("button", { name: "Play" }).click();
  await expect(pods).toHaveText("5 of 5 pods ready", { timeout: 30_000 });
  await page.screenshot({ path: "test-results/class.png" });

  // Acting in the page makes the cluster one's own.
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("You go on alone from here")).toBeVisible();
  await expect(page.locator(".following")).toBeHidden();
  expect((await request.delete(`${deployments}/web`)).status()).toBe(200);
  await expect(pods).toHaveText("5 of 5 pods ready");
});
