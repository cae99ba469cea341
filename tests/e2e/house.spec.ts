// The page as a page: it starts from any folder, asks nothing of other hosts, and says so where it cannot run.
import { editor, pods } from "./page";
import { expect, expectAccessible, test } from "./site";

const started = (page: import("@playwright/test").Page) => page.locator("body > :not(script, noscript, [hidden])").first();

test("starts from a subfolder, without errors and without asking another host", async ({ page, site }) => {
  await page.goto(site);
  await expect(page).toHaveTitle(/Podarium/);
  await expect(started(page)).toBeVisible();
  for (const sentence of await page.locator(".cannot-run").all()) await expect(sentence).toBeHidden();
  await expectAccessible(page);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`follows the system's ${colorScheme} theme, and a person's choice against it`, async ({ page, site }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(site);
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--ground").trim());
    const expected = { light: "#f6f7f9", dark: "#0e1217" };
    const other = colorScheme === "light" ? "dark" : "light";
    expect(await ground()).toBe(expected[colorScheme]);
    await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), other);
    expect(await ground()).toBe(expected[other]);
  });
}

test("ships its fonts", async ({ page, site }) => {
  await page.goto(site);
  const loaded = await page.evaluate(async () => {
    const faces = await Promise.all([
      document.fonts.load("600 13px 'Source Sans 3'"),
      document.fonts.load("400 13px 'Source Code Pro'"),
      document.fonts.load("600 13px 'Source Code Pro'"),
    ]);
    return faces.map((found) => found.length);
  });
  expect(loaded).toEqual([1, 1, 1]);
});

test.describe("where something tries to get out", () => {
  test.use({ expectedErrors: [/Content Security Policy|violates/] });

  test("the policy refuses other hosts, inline scripts and evaluated text", async ({ page, site }) => {
    await page.goto(site);
    const outcome = await page.evaluate(async () => {
      const refused: string[] = [];
      document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
      await fetch("https://example.com/").catch(() => undefined);
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.body.append(style);
      await new Promise((resolve) => setTimeout(resolve, 100));
      return { refused: refused.sort(), ran: "ran" in window };
    });
    expect(outcome).toEqual({ refused: ["connect-src", "script-src-elem", "style-src-elem"], ran: false });
  });
});

test("says so where scripts are off", async ({ browser, site }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site);
  const sentence = page.locator("noscript .cannot-run");
  await expect(sentence).toBeVisible();
  await expect(sentence).toHaveText(/needs JavaScript/);
  await context.close();
});

test("says so where WebAssembly is missing", async ({ page, site }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, "WebAssembly"));
  await page.goto(site);
  await expect(page.getByRole("alert")).toHaveText(/as WebAssembly, which this browser cannot run/);
  await expectAccessible(page);
});

test("says so where there is no canvas", async ({ page, site }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await page.goto(site);
  await expect(page.getByRole("alert")).toHaveText(/on a canvas, which this browser does not offer/);
});

test.describe("where a file does not arrive", () => {
  test.use({ expectedErrors: [/Failed to load resource|Failed to fetch|net::ERR/] });

  test("says so", async ({ page, site }) => {
    await page.route("**/*.wasm", (route) => route.abort());
    await page.goto(site);
    await expect(page.getByRole("alert")).toHaveText(/could not start/);
  });

  test("a missing editor is a plain field, and all else lives", async ({ page, site }) => {
    await page.route("**/editor.js", (route) => route.abort());
    await page.goto(site);
    await expect(page.locator("#pane-manifests").getByRole("alert")).toContainText("The editor did not arrive");
    // The panels are built one after the other: whole once the cluster is there.
    await expect(pods(page, "frontend", "ready")).toHaveCount(3);
    await expectAccessible(page);
    const field = editor(page);
    await expect(field).toHaveValue(/replicas: 3/);
    await field.fill((await field.inputValue()).replace("replicas: 3", "replicas: 2"));
    await expect(page.getByText("1 change: replicas 3 → 2")).toBeVisible();
    await field.press("Control+Enter");
    await expect(page.getByText("deployment.apps/frontend configured")).toBeVisible();
    await expect(pods(page, "frontend", "ready")).toHaveCount(2);
    await page.getByRole("button", { name: "New file" }).click();
    await expect(field).toHaveValue("");
  });

  test("missing rules are told when they are needed, and asked for again", async ({ page, site }) => {
    await page.route("**/podarium-rules*", (route) => route.abort());
    await page.goto(site);
    await expect(pods(page, "frontend", "ready"), "the first cluster needs none").toHaveCount(3);
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByText("A part of the page did not arrive, so nothing was applied.").first()).toBeVisible();
    await page.unroute("**/podarium-rules*");
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(page.getByText("unchanged", { exact: false }).first()).toBeVisible();
  });
});
