// The page around the cluster: time, theme, keys, panels, problems, and what it does when things go wrong.
import type {} from "../../www/podarium";
import { editor, inspect, lineOf, open, pods, replaceLine, things } from "./page";
import { expect, expectAccessible, test } from "./site";

test("time stops, steps and steps back", async ({ page, site }) => {
  await open(page, site);
  await page.getByRole("button", { name: "Pause" }).click();
  const clock = page.locator("time.clock");
  const stopped = await clock.textContent();
  await page.waitForTimeout(300);
  expect(await clock.textContent()).toBe(stopped);

  await page.getByRole("button", { name: "Step to the next event" }).click();
  await expect(clock).not.toHaveText(stopped!);
  const stepped = await clock.textContent();
  await page.getByRole("button", { name: "Step back" }).click();
  await expect.poll(async () => (await clock.textContent())! < stepped!).toBe(true);

  await page.locator("#stage-tree").press("Space");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
});

test("a paused page rests", async ({ page, site }) => {
  await page.addInitScript(() => {
    const ask = window.requestAnimationFrame.bind(window);
    (window as unknown as { frames: number }).frames = 0;
    window.requestAnimationFrame = (callback) => {
      (window as unknown as { frames: number }).frames += 1;
      return ask(callback);
    };
  });
  await open(page, site);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.mouse.move(5, 5);
  await page.waitForTimeout(1_500);
  const frames = () => page.evaluate(() => (window as unknown as { frames: number }).frames);
  const before = await frames();
  await page.waitForTimeout(500);
  expect((await frames()) - before, "frames asked for in half a second of rest").toBeLessThanOrEqual(2);
});

test("mistakes are told where they are, with a way out", async ({ page, site }) => {
  await open(page, site);
  const shop = await (await page.request.get(`${site}static/examples/shop.yaml`)).text();
  const line = lineOf(shop, /replicas: 3/);
  await replaceLine(page, line, "replcas: 3");
  const problem = page.locator(".problems button").first();
  await expect(problem).toContainText('unknown field "spec.replcas"');
  await expect(problem).toContainText("replicas");
  await expect(problem).toContainText(`shop.yaml line ${line}, column 3`);
  await expect(page.locator(".cm-lintRange-error")).toHaveText("replcas");
  await expect(page.getByText("1 problem", { exact: true })).toBeVisible();

  await test.step("broken YAML too", async () => {
    await replaceLine(page, line, "replicas: [3");
    await expect(page.locator(".problems button").first()).toContainText(/shop.yaml line \d+/);
    await expect(page.locator(".cm-lint-marker-error").first()).toBeVisible();
  });

  await test.step("what the API server refuses stands at its line", async () => {
    await replaceLine(page, line, "replicas: -1");
    await expect(page.locator(".problems")).toHaveCount(0);
    await page.keyboard.press("Control+Enter");
    await expect(page.locator(".problems button").first()).toContainText("must be greater than or equal to 0");
    await expect(page.locator(".problems button").first()).toContainText(`line ${line}`);
    await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
    await expect(pods(page, "frontend", "ready"), "nothing is lost").toHaveCount(3);
  });
});

test("five megabytes are refused calmly, pasted or dropped", async ({ page, site }) => {
  await open(page, site);
  const give = (kind: "paste" | "drop") =>
    editor(page).evaluate((element, kind) => {
      const data = new DataTransfer();
      const text = "# filler\n".repeat(600_000);
      if (kind === "paste") data.setData("text/plain", text);
      else data.items.add(new File([text], "large.yaml"));
      const init = { bubbles: true, cancelable: true, composed: true };
      element.dispatchEvent(
        kind === "paste" ? new ClipboardEvent("paste", { ...init, clipboardData: data }) : new DragEvent("drop", { ...init, dataTransfer: data }),
      );
    }, kind);
  await give("paste");
  await expect(page.locator(".toast")).toContainText("more than 4 MB");
  await give("drop");
  await expect(page.locator(".toast").last()).toContainText("large.yaml is larger than 4 MB");
  await expect(page.getByText("Nothing to apply")).toBeVisible();
});

test("a dropped file opens in a tab of its own", async ({ page, site }) => {
  await open(page, site);
  await editor(page).evaluate((element) => {
    const data = new DataTransfer();
    data.items.add(new File(["apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: dropped\n"], "dropped.yaml"));
    element.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, composed: true, dataTransfer: data }));
  });
  await expect(page.getByRole("tab", { name: "dropped.yaml" })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("1 change: configmap/dropped is new")).toBeVisible();
});

test("by keyboard alone: find, inspect, edit, apply", async ({ page, site }) => {
  await open(page, site);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the picture" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tree")).toBeFocused();
  await inspect(page, "catalog, service");
  await expect(page.locator("#inspector-title")).toBeFocused();
  await expect(page.locator("#inspector-title")).toContainText("catalog");
  await page.keyboard.press("e");
  await expect(editor(page)).toBeFocused();
  const shop = await (await page.request.get(`${site}static/examples/shop.yaml`)).text();
  await replaceLine(page, lineOf(shop, /replicas: 3/), "replicas: 4");
  await page.keyboard.press("Control+Enter");
  await expect(pods(page, "frontend")).toHaveCount(4);
  // Escape and then Tab leaves the editor.
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Apply" })).toBeFocused();
  await page.keyboard.press("?");
  await expect(page.getByRole("button", { name: "Apply" })).toBeFocused();
  await page.locator("#stage-tree").focus();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});

test("theme and panels are remembered", async ({ page, site }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, site);
  await page.getByRole("button", { name: "Light or dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const splitter = page.getByRole("separator", { name: "Width of the manifests" });
  const width = async () => (await page.locator("#pane-manifests").boundingBox())!.width;
  const before = await width();
  await splitter.press("ArrowRight");
  await expect.poll(width).toBe(before + 24);
  await page.getByRole("button", { name: "Fold the inspector away" }).click();
  await expect(page.locator("#inspector-panel")).toBeHidden();

  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await width()).toBe(before + 24);
  await page.getByRole("button", { name: "Inspector", exact: true }).click();
  await expect(page.locator("#inspector-panel")).toBeVisible();
});

for (const width of [390, 360]) {
  test(`everything has its place on ${width} pixels`, async ({ page, site }) => {
    await page.setViewportSize({ width, height: 780 });
    await page.goto(site);
    await expect(things(page, /, node, ready/)).toHaveCount(3);
    for (const [name, pane] of [
      ["Manifests", "#pane-manifests"],
      ["Inspector", "#pane-inspector"],
      ["Stage", "#pane-stage"],
    ] as const) {
      await page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name }).click();
      await expect(page.locator(pane)).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `pixels beyond the right edge of ${name}`).toBeLessThanOrEqual(0);
      await expectAccessible(page);
    }
  });
}

test.describe("after a panic", () => {
  test.use({ expectedErrors: [/asked for by podarium|unreachable|RuntimeError/] });

  test("the page says so calmly, and begins again with the manifests", async ({ page, site }) => {
    await open(page, site);
    const shop = await (await page.request.get(`${site}static/examples/shop.yaml`)).text();
    await replaceLine(page, lineOf(shop, /replicas: 3/), "replicas: 2");
    await expect(page.getByText("1 change: replicas 3 → 2")).toBeVisible();
    await page.evaluate(() => {
      try {
        window.podarium.__panic();
      } catch {
        // As a caller of the page's own code would never see it.
      }
    });
    const dialog = page.getByRole("alertdialog");
    await expect(dialog).toBeVisible();
    await expect(dialog).toContainText("Your manifests are safe");
    await expectAccessible(page);
    await page.getByRole("button", { name: "Restart from your manifests" }).click();
    await expect(dialog).toBeHidden();
    await expect(pods(page, "frontend", "ready")).toHaveCount(2);
    await expect(page.getByText("Nothing to apply")).toBeVisible();
  });
});

test("scripts get clusters of their own", async ({ page, site }) => {
  await open(page, site);
  const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 20
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "web:1"}]}
`;
  const told = await page.evaluate(async (manifest) => {
    const podarium = await window.podariumReady;
    const live = (slices: number) => {
      const cluster = podarium.create({ nodes: 10, zones: 2, seed: 7 });
      const applied = cluster.apply(manifest);
      for (let i = 0; i < slices; i += 1) cluster.advance(30_000 / slices);
      return { cluster, applied };
    };
    const { cluster, applied } = live(1);
    const list = cluster.handle({ path: "/api/v1/namespaces/default/pods" });
    const refused = cluster.handle({ method: "POST", path: "/api/v1/namespaces", body: { metadata: {} } });
    const bad = cluster.apply("kind: Deployment\n");
    // A kind whose rules come in a module of their own.
    const priority = (value: number) =>
      cluster.handle({ method: "POST", path: "/apis/scheduling.k8s.io/v1/priorityclasses", body: { metadata: { name: `p${value}` }, value } });
    const priorities = [7, 2_000_000_000].map(priority).map(({ code, body }) => {
      const { preemptionPolicy, message } = body as { preemptionPolicy?: string; message?: string };
      return [code, preemptionPolicy ?? message];
    });
    const other = live(600).cluster;
    const told = {
      applied,
      summary: cluster.summary(),
      items: (list.body as { items: unknown[] }).items.length,
      refused: refused.code,
      bad: bad.problems.length,
      priorities,
      log: live(1).cluster.log().length,
      same: live(7).cluster.log() === other.log(),
      // The cluster's own DNS has endpoints, and nobody is at the other address.
      sentOn: [cluster.decide("10.96.0.10", 53, 5), cluster.decide("10.96.77.77", 80, 5)],
    };
    cluster.free();
    return told;
  }, manifest);
  expect(told.applied).toEqual({ lines: ["deployment.apps/web created"], problems: [] });
  expect(told.summary).toMatchObject({ nodes: 10, virtualMs: 30_000 });
  expect(told.summary.ready).toBe(told.summary.pods);
  expect(told.items).toBe(20);
  expect(told.sentOn).toEqual([5, 0]);
  expect(told.refused).toBeGreaterThanOrEqual(400);
  expect(told.bad).toBeGreaterThan(0);
  expect(told.priorities).toEqual([
    [201, "PreemptLowerPriority"],
    [422, expect.stringContaining("maximum allowed value of a user defined priority is 1000000000")],
  ]);
  expect(told.log).toBeGreaterThan(1_000);
  expect(told.same, "whatever the slices").toBe(true);
});

test("the page draws and listens while the first cluster is being made", async ({ page, site }) => {
  // Counts the turns that the browser gets while the picture waits for its cluster; made in one go there would be one at most.
  await page.addInitScript(() => {
    const counts = { turns: 0 };
    const channel = new MessageChannel();
    Object.assign(window, { counts, channel });
    channel.port1.onmessage = () => {
      if (document.querySelector(".stage-warming")) counts.turns += 1;
      channel.port2.postMessage(null);
    };
    channel.port2.postMessage(null);
  });
  // On a slow machine it takes many slices.
  const tools = await page.context().newCDPSession(page);
  await tools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await open(page, site);
  await expect(page.locator(".stage-warming")).toHaveCount(0);
  const turns = await page.evaluate(() => (window as unknown as { counts: { turns: number } }).counts.turns);
  expect(turns).toBeGreaterThan(5);
});
