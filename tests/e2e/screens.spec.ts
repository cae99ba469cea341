// Stills of the page in both themes and on three screens, in test-results/screens/ for a person to look at.
// With UPDATE_SCREENSHOT=1 the README's picture, www/screenshot.png, is taken anew too.
import { copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, expectAccessible, test } from "./site";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const screens = { wide: { width: 1440, height: 900 }, narrow: { width: 1024, height: 768 }, phone: { width: 390, height: 844 } };

for (const [screen, viewport] of Object.entries(screens)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${screen}, ${colorScheme}: fits, and can be read`, async ({ page, site }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.goto(site);
      await page.waitForLoadState("networkidle");
      await page.evaluate(() => document.fonts.ready);
      const file = path.join(root, `test-results/screens/${screen}-${colorScheme}.png`);
      await page.screenshot({ path: file });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, "pixels beyond the right edge").toBeLessThanOrEqual(0);
      await expectAccessible(page);
      if (process.env.UPDATE_SCREENSHOT && screen === "wide" && colorScheme === "light") {
        await copyFile(file, path.join(root, "www/screenshot.png"));
      }
    });
  }
}
