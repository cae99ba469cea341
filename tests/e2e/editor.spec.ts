// The editor's handle, apart from the page around it: what createEditor promises, done by a person's means.
import type { Page } from "@playwright/test";
import type { EditorHandle } from "../../www/editor";
import { expect, expectAccessible, test } from "./site";

interface Bench {
  editor: EditorHandle;
  texts: string[];
  applied: number;
}
declare global {
  interface Window {
    bench: Bench;
  }
}

const manifest = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n";

/** A page with nothing but an editor on it. */
async function open(page: Page, site: string, doc: string): Promise<void> {
  await page.goto(site);
  await page.evaluate(async (text) => {
    // The page itself must be there before it is cleared away, or it comes in between.
    await window.podariumReady;
    document.body.replaceChildren();
    const parent = document.createElement("main");
    parent.style.height = "100vh";
    document.body.append(parent);
    const { createEditor } = (await import(new URL("editor.js", document.baseURI).href)) as typeof import("../../www/editor");
    const bench: Bench = { texts: [], applied: 0 } as unknown as Bench;
    bench.editor = createEditor(parent, {
      doc: text,
      onChange: (now) => bench.texts.push(now),
      onApply: () => (bench.applied += 1),
      labels: { editor: "Manifests" },
    });
    window.bench = bench;
  }, doc);
}

const text = (page: Page) => page.evaluate(() => window.bench.editor.getText());

test("types, undoes and applies by keyboard", async ({ page, site }) => {
  await open(page, site, manifest);
  const field = page.getByRole("textbox", { name: "Manifests" });
  await field.press("Control+End");
  await field.pressSequentially("spec:");
  expect(await text(page)).toBe(`${manifest}spec:`);
  expect(await page.evaluate(() => window.bench.texts.at(-1))).toBe(`${manifest}spec:`);
  await field.press("Control+Enter");
  expect(await page.evaluate(() => window.bench.applied)).toBe(1);
  expect(await text(page), "applying does not change the text").toBe(`${manifest}spec:`);
  await field.press("Control+z");
  expect(await text(page)).toBe(manifest);
});

test("Tab indents, Escape and then Tab leaves", async ({ page, site }) => {
  await open(page, site, "a: 1\n");
  const field = page.getByRole("textbox", { name: "Manifests" });
  await field.press("Control+Home");
  await field.press("Tab");
  expect(await text(page)).toBe("  a: 1\n");
  await field.press("Escape");
  await field.press("Tab");
  expect(await text(page)).toBe("  a: 1\n");
  await expect(field).not.toBeFocused();
});

test("another document is set without a change, and cannot be undone into the one before", async ({ page, site }) => {
  await open(page, site, "a: 1\n");
  await page.evaluate(() => window.bench.editor.setText("b: 2\n"));
  await page.getByRole("textbox", { name: "Manifests" }).press("Control+z");
  expect(await text(page)).toBe("b: 2\n");
  expect(await page.evaluate(() => window.bench.texts)).toEqual([]);
});

test("underlines a problem where it is, counted in characters, and applies its fix", async ({ page, site }) => {
  await open(page, site, 'note: "🦀" # crab\nreplica: 3\n');
  await page.evaluate(() =>
    window.bench.editor.setProblems([
      { from: { line: 1, column: 11 }, to: { line: 1, column: 17 }, message: "a comment", severity: "warning" },
      {
        from: { line: 2, column: 1 },
        to: { line: 2, column: 8 },
        message: "unknown field",
        severity: "error",
        fix: { label: "Use replicas", text: "replicas" },
      },
    ]),
  );
  await expect(page.locator(".cm-lintRange-warning")).toHaveText("# crab");
  await expect(page.locator(".cm-lintRange-error")).toHaveText("replica");
  await page.locator(".cm-lintRange-error").hover();
  await page.getByRole("button", { name: "Use replicas" }).click();
  expect(await text(page)).toContain("\nreplicas: 3\n");
});

test("a problem outside the text is shown at its end, not thrown", async ({ page, site }) => {
  await open(page, site, "a: 1");
  await page.evaluate(() =>
    window.bench.editor.setProblems([
      { from: { line: 9, column: 9 }, to: { line: 12, column: 1 }, message: "ends too early", severity: "error" },
    ]),
  );
  await expect(page.locator(".cm-lint-marker-error")).toBeVisible();
});

test("marks a line without taking the focus", async ({ page, site }) => {
  await open(page, site, Array.from({ length: 400 }, (_, line) => `key-${line + 1}: 1`).join("\n"));
  await page.evaluate(() => window.bench.editor.highlightLine(300));
  await expect(page.locator(".cm-marked-line")).toHaveText("key-300: 1");
  await expect(page.locator(".cm-marked-line")).toBeInViewport();
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  await page.evaluate(() => window.bench.editor.highlightLine(null));
  await expect(page.locator(".cm-marked-line")).toHaveCount(0);
});

test("offers completions from where the word begins", async ({ page, site }) => {
  await open(page, site, "kind: \n");
  await page.evaluate(() =>
    window.bench.editor.setCompletion((line, column, now) =>
      line === 1 && now.startsWith("kind: ") && column > 6
        ? { from: 7, options: [{ label: "Deployment" }, { label: "DaemonSet" }] }
        : null,
    ),
  );
  const field = page.getByRole("textbox", { name: "Manifests" });
  await field.press("Control+Home");
  await field.press("End");
  await field.pressSequentially("Dep");
  await expect(page.getByRole("option", { name: "Deployment" })).toBeVisible();
  await expect(page.getByRole("option", { name: "DaemonSet" })).toHaveCount(0);
  await page.getByRole("option", { name: "Deployment" }).click();
  expect(await text(page)).toBe("kind: Deployment\n");
});

test("searches, in both themes, with nothing that axe finds serious", async ({ page, site }) => {
  await open(page, site, `# a shop\n${manifest}spec: { replicas: 3, paused: true, from: &a x, to: *a }\n`);
  await page.getByRole("textbox", { name: "Manifests" }).press("Control+f");
  await page.getByRole("textbox", { name: "Find" }).pressSequentially("name");
  await expect(page.locator(".cm-searchMatch").first()).toBeVisible();
  await expectAccessible(page);
  await page.evaluate(() => {
    document.documentElement.dataset.theme = "dark";
    window.bench.editor.setDark(true);
  });
  await expectAccessible(page);
});

test("tells numbers, truth values and nothing from text", async ({ page, site }) => {
  await open(page, site, 'a: 5\nb: true\nc: "5"\nd: [x, 0644, ~, 1.5.0]\n7: e\nf: 5 # g\n');
  await expect(page.locator(".cm-value")).toHaveText(["5", "true", "0644", "~", "5"]);
});

test("leaves nothing behind", async ({ page, site }) => {
  await open(page, site, manifest);
  await page.evaluate(() => window.bench.editor.destroy());
  await expect(page.locator("main")).toBeEmpty();
});
