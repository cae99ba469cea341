// What a person wrote is kept in the browser, and is theirs again after a reload when they want it.
import type { Page } from "@playwright/test";
import { editor, open, openExample, pods, things } from "./page";
import { expect, expectAccessible, test } from "./site";

const manifest = `apiVersion: v1
kind: Service
metadata: {name: mine}
spec: {selector: {app: mine}, ports: [{port: 80}]}
`;

/** Puts the manifest into a new file, by typing. */
async function write(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New file" }).click();
  await editor(page).focus();
  await page.keyboard.insertText(manifest);
  await expect(page.getByText("1 change: service/mine is new")).toBeVisible();
}

const offer = (page: Page) => page.getByText("Your manifests from last time are kept.");
const mine = (page: Page) => things(page, /^mine, service/);

test("what was written is offered after a reload, and comes back", async ({ page, site }) => {
  await open(page, site);
  await expect(offer(page)).toBeHidden();
  await write(page);
  await page.reload();
  await expect(pods(page, "frontend", "ready"), "the page opens alive all the same").toHaveCount(3);
  await expect(offer(page)).toBeVisible();
  await expectAccessible(page);

  await test.step("it waits for an answer, even through another reload", async () => {
    await page.reload();
    await expect(offer(page)).toBeVisible();
  });
  await page.getByRole("button", { name: "Open them" }).click();
  await expect(offer(page)).toBeHidden();
  await page.getByRole("tab", { name: "manifest.yaml" }).click();
  await expect(editor(page)).toContainText("metadata: {name: mine}");
  await expect(mine(page)).toHaveCount(1);
});

test("what is not wanted now stays within reach", async ({ page, site }) => {
  await open(page, site);
  await write(page);
  await page.reload();
  await page.getByRole("button", { name: "Not now" }).click();
  await expect(offer(page)).toBeHidden();
  await expect(editor(page)).toBeFocused();
  await page.reload();
  await expect(pods(page, "frontend", "ready")).toHaveCount(3);
  await expect(offer(page), "a no is a no").toBeHidden();
  await openExample(page, "Your manifests");
  await page.getByRole("tab", { name: "manifest.yaml" }).click();
  await expect(editor(page)).toContainText("metadata: {name: mine}");
});

test("an example opened over what was written does not lose it", async ({ page, site }) => {
  await open(page, site);
  await write(page);
  await openExample(page, "A small shop");
  await expect(page.getByRole("tab", { name: "manifest.yaml" })).toBeHidden();
  await openExample(page, "Your manifests");
  await page.getByRole("tab", { name: "manifest.yaml" }).click();
  await expect(editor(page)).toContainText("metadata: {name: mine}");
  await expect(mine(page)).toHaveCount(1);
});
