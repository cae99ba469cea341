// What every test of the page shares: dist/ served from a subfolder, and a page that fails its test by a console error,
// an uncaught exception, a refusal of the content security policy or a request to another origin.
import { type Page, expect, test as base } from "@playwright/test";
import axe from "axe-core";
import { serve } from "../../script/serve.mjs";

export { expect };

interface Fixtures {
  /** Console errors that this test brings about on purpose: `test.use({ expectedErrors: [/…/] })`. */
  expectedErrors: RegExp[];
  /** Where the page is served, ending in a slash: never the root of its host, so that a path from the root would not be found. */
  site: string;
}

export const test = base.extend<Fixtures, { server: string }>({
  expectedErrors: [[], { option: true }],
  server: [
    async ({}, use) => {
      const { url, close } = await serve({ prefix: "/some/where/" });
      await use(url);
      await close();
    },
    { scope: "worker" },
  ],
  site: async ({ server }, use) => use(server),
  page: async ({ page, server, expectedErrors }, use) => {
    const wrong: string[] = [];
    const note = (text: string) => {
      if (!expectedErrors.some((expected) => expected.test(text))) wrong.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error") note(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => note(`uncaught: ${error.stack ?? error.message}`));
    page.on("request", (request) => {
      const url = request.url();
      if (/^https?:|^wss?:/.test(url) && !url.startsWith(server)) note(`request outside the site: ${url}`);
    });
    await use(page);
    expect(wrong, "what went wrong in the page meanwhile").toEqual([]);
  },
});

/** Fails on every serious or critical finding of axe-core on the page as it is now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, impact, help, nodes }) => `${impact} ${id}: ${help}\n${nodes.map((node) => `  ${node.target}`).join("\n")}`);
  });
  expect(found.join("\n")).toBe("");
}
