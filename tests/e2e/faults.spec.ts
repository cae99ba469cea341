// Breaking parts of the cluster by their buttons, seeing what follows, and mending them.
import type { Page } from "@playwright/test";
import { inspect, open, setSpeed, things } from "./page";
import { expect, test } from "./site";

const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

test("a node whose link to the control plane is cut is not heard of, and comes back", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "node-2");
  await press(page, "Cut link to control plane");
  await expect(page.locator(".inspector-body")).toContainText("The link to the control plane is cut.");
  await expect(things(page, /^node-2, node, .*link to control-plane is cut/)).toHaveCount(1);
  await setSpeed(page, "30×");
  await expect(page.locator(".inspector-head")).toContainText("Not heard of", { timeout: 20_000 });
  await press(page, "Mend link to control plane");
  await expect(page.locator(".inspector-head")).toContainText("Ready", { timeout: 20_000 });
});

test("a cut between two nodes loses the requests that must cross it", async ({ page, site }) => {
  await open(page, site);
  for (const [node, others] of [
    ["node-1", ["node-2", "node-3"]],
    ["node-2", ["node-3"]],
  ] as const) {
    await inspect(page, node);
    for (const other of others) await press(page, `Cut link to ${other}`);
  }
  await expect(page.getByRole("button", { name: "Mend link to node-1" })).toBeVisible();
  await setSpeed(page, "10×");
  await inspect(page, "frontend, service");
  const requests = page.locator(".facts > div", { hasText: "Requests of late" });
  await expect(requests).toContainText(/[1-9]\d* failed/, { timeout: 20_000 });
});

test("without CoreDNS no name is found", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "kube-dns");
  await press(page, "Stop CoreDNS");
  await setSpeed(page, "10×");
  await expect(things(page, /^kube-dns, service, 0 of 2/)).toHaveCount(1, { timeout: 20_000 });
  await press(page, "Start CoreDNS");
  await expect(things(page, /^kube-dns, service, 2 of 2/)).toHaveCount(1, { timeout: 20_000 });
});

test("visitors come more often, or not at all", async ({ page, site }) => {
  await open(page, site);
  await inspect(page, "visitors");
  const sent = page.locator(".facts > div", { hasText: "Visitors sent" });
  const arriving = page.locator(".facts > div", { hasText: "Arriving now" });
  await expect(sent).toContainText("5 a second");
  await press(page, "Send 10 a second");
  await expect(sent).toContainText("10 a second");
  await press(page, "Send 20 a second");
  await expect(sent).toContainText("20 a second");
  await expect(arriving).toContainText(/(19|20|21) a second, 0 failed/);
  await press(page, "Stop visitors");
  await expect(sent).toContainText("none");
  await expect(arriving).toBeHidden();
  await press(page, "Send 5 a second");
  await expect(arriving).toContainText(/[456] a second, 0 failed/);
});
