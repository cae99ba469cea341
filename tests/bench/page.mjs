// The page's cold start in Chromium: from navigation to something of the interface in the document, and the longest
// task that kept the main thread meanwhile and in the three seconds after.
import { eachInFreshBrowser, median } from "./chromium.mjs";

const results = await eachInFreshBrowser(5, async (page, url) => {
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: "longtask", buffered: true });
    new MutationObserver((_, observer) => {
      if (!document.querySelector("body > :not(script, noscript, .cannot-run)")) return;
      observer.disconnect();
      requestAnimationFrame(() => (window.startedAt = performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => window.startedAt !== undefined);
  await page.waitForTimeout(3000);
  return page.evaluate(() => ({ started: window.startedAt, longest: window.longest }));
});

const row = (name, values) => console.log(`${name.padEnd(28)} ${median(values).toFixed(0).padStart(6)} ms  (of ${values.map((value) => value.toFixed(0)).join(", ")})`);
console.log("page, in Chromium, median of 5 cold starts");
row("from navigation to interface", results.map(({ started }) => started));
row("longest main-thread task", results.map(({ longest }) => longest));
