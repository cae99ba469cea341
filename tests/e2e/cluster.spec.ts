// What a person sees of the cluster, and what follows when they change it.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { editor, inspect, lineOf, open, openExample, pods, replaceLine, setSpeed, things } from "./page";
import { expect, test } from "./site";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const shop = readFileSync(path.join(root, "static/examples/shop.yaml"), "utf8");

test("opens on a living cluster", async ({ page, site }) => {
  const begun = Date.now();
  await open(page, site);
  expect(Date.now() - begun, "milliseconds until it lives").toBeLessThan(10_000);
  await expect(pods(page, "frontend", "ready")).toHaveCount(3);
  await expect(pods(page, "redis", "ready")).toHaveCount(1);
  await expect(things(page, /^frontend, service behind a load balancer, 3 of 3/)).toHaveCount(1);

  await test.step("time flows and packets move", async () => {
    const clock = page.locator("time.clock");
    const before = await clock.textContent();
    await expect(clock).not.toHaveText(before!);
    const picture = () => page.locator("canvas.stage-canvas").last().evaluate((c: HTMLCanvasElement) => c.toDataURL());
    const still = await picture();
    await expect.poll(async () => (await picture()) === still).toBe(false);
  });

  await test.step("requests reach the shop, shared among its pods", async () => {
    await inspect(page, "frontend, service");
    const requests = page.locator(".facts > div", { hasText: "Requests of late" });
    await expect(requests).toContainText(/[1-9]\d*, 0 failed/);
    await expect(page.locator(".row-bar")).toHaveCount(3);
  });
});

test("more replicas are pods that become ready", async ({ page, site }) => {
  await open(page, site);
  await replaceLine(page, lineOf(shop, /replicas: 3/), "replicas: 5");
  await expect(page.getByText("1 change: replicas 3 → 5")).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("deployment.apps/frontend configured")).toBeVisible();
  await expect(page.getByText("Nothing to apply")).toBeVisible();
  await setSpeed(page, "10×");
  await expect(pods(page, "frontend", "ready")).toHaveCount(5);
  await expect(things(page, /^frontend, service.*, 5 of 5 endpoints/)).toHaveCount(1);

  await test.step("and the newest of them says why it is there", async () => {
    await inspect(page, "frontend, service");
    await page.locator(".row .link").last().click();
    await page.getByRole("tab", { name: "Why" }).click();
    const chain = page.locator(".chain").first();
    await expect(chain).toContainText("changed spec.replicas: 3 → 5");
    await expect(chain).toContainText("ReplicaSet");
    await chain.getByRole("button", { name: /shop.yaml line \d+/ }).first().click();
    await expect(page.locator(".cm-marked-line")).toHaveText(/replicas: 5/);
  });
});

test("applying says which object of another file it took the place of", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "New file" }).click();
  await editor(page).focus();
  await page.keyboard.insertText(shop.slice(0, shop.indexOf("\n---")).replace("replicas: 3", "replicas: 2"));
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".outcomes")).toContainText("deployment.apps/frontend configured, in the place of the one in shop.yaml");
  await expect(page.locator(".outcomes").getByText("in the place of")).toHaveCount(1);
  await expect(page.getByText("Nothing to apply")).toBeVisible();
  await expect(pods(page, "frontend", "ready")).toHaveCount(2);
});

test("another image is a rolling update", async ({ page, site }) => {
  await open(page, site);
  const before = await pods(page, "frontend").first().getAttribute("aria-label");
  const hash = /^frontend-([a-z0-9]+)-/.exec(before!)![1]!;
  await replaceLine(page, lineOf(shop, /shop\/frontend/), "image: shop/frontend:1.5");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(things(page, new RegExp(`^frontend-(?!${hash})`)).first()).toBeAttached();
  expect(await things(page, new RegExp(`^frontend-${hash}-.*, ready`)).count(), "old pods while new ones start").toBeGreaterThan(1);
  await setSpeed(page, "10×");
  await expect(things(page, new RegExp(`^frontend-${hash}`))).toHaveCount(0, { timeout: 20_000 });
  await expect(pods(page, "frontend", "ready")).toHaveCount(3);
});

test("a selector that fits no pod leaves the Service alone, and it says so", async ({ page, site }) => {
  await open(page, site);
  const service = shop.split("\n").findIndex((line, at, all) => /selector/.test(line) && all.slice(0, at).some((l) => /kind: Service/.test(l)));
  await replaceLine(page, service + 2, "app: fronted");
  await page.keyboard.press("Control+Enter");
  await setSpeed(page, "5×");
  await expect(things(page, /^frontend, service.*, 0 of 0 endpoints/)).toHaveCount(1);
  await inspect(page, "frontend, service");
  await expect(page.locator(".inspector-head")).toContainText("No endpoints");
  await expect(page.getByText("No pod has the labels app=fronted")).toBeVisible();
  await expect(page.locator(".facts > div", { hasText: "Requests of late" })).toContainText(/[1-9]\d* failed/);
});

test("a node that is switched off is believed late, and comes back", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "node-2");
  await page.getByRole("button", { name: "Power off" }).click();
  await expect(page.getByRole("button", { name: "Power on" })).toBeVisible();
  await setSpeed(page, "30×");
  await expect(page.locator(".inspector-head")).toContainText("Not heard of", { timeout: 20_000 });
  await page.getByRole("button", { name: "Power on" }).click();
  await expect(page.locator(".inspector-head")).toContainText("Ready", { timeout: 20_000 });
});

test("a killed container is started again", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "redis-");
  await page.getByRole("button", { name: "Kill redis" }).click();
  await expect(page.locator(".section").first()).toContainText("1 restart", { timeout: 20_000 });
});

test("every example opens and says what to watch for", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "Examples" }).click();
  const titles = await page.getByRole("menuitem").locator("strong").allTextContents();
  expect(titles.length).toBeGreaterThan(5);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toBeHidden();
  for (const title of titles) {
    await openExample(page, title);
    await expect(page.locator(".toast").last()).toBeVisible();
    await expect(page.locator(".problems")).toHaveCount(0);
    await expect(things(page, /, node, ready/)).toHaveCount(3);
  }
});

test("the YAML and the events of an object are the API's", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "redis-");
  await page.getByRole("tab", { name: "YAML", exact: true }).click();
  await expect(page.locator("pre.yaml")).toContainText("kind: Pod");
  await expect(page.locator("pre.yaml")).toContainText("phase: Running");
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.locator(".events")).toContainText("Scheduled");
});

test("a controller says what it does, and what it did", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "replicaset");
  await expect(page.locator(".inspector-body")).toContainText("Keeps as many pods of a ReplicaSet's template as it asks for.");
});

test("a shop that nobody here wrote comes up, and is reached from outside", async ({ page, site }) => {
  const shared = process.env.PODARIUM_SHARED ?? path.resolve(root, "../shared");
  const file = path.join(shared, "manifests/microservices-demo/release/kubernetes-manifests.yaml");
  test.skip(!existsSync(file), `${file} is not here`);
  test.setTimeout(120_000);
  await open(page, site);
  await page.getByRole("button", { name: "New file" }).click();
  await editor(page).focus();
  await editor(page).evaluate((element, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true }));
  }, readFileSync(file, "utf8"));
  await editor(page).press("Control+Enter");
  await expect(page.locator(".outcomes")).toContainText("deployment.apps/checkoutservice created");
  await setSpeed(page, "10×");
  await expect(things(page, /^frontend-external, service.*, 1 of 1 endpoints/)).toHaveCount(1, { timeout: 60_000 });
  for (const name of ["cartservice", "checkoutservice", "currencyservice", "paymentservice", "recommendationservice"]) {
    await expect(pods(page, name, "ready")).toHaveCount(1, { timeout: 60_000 });
  }
  await inspect(page, "frontend-external");
  await expect(page.locator(".facts > div", { hasText: "Requests of late" })).toContainText(/^Requests of late[1-9]/);
});
