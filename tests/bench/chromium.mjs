// What every measurement in Chromium shares: the built page in a fresh profile, and the middle of several runs.
import { chromium } from "@playwright/test";
import { serve } from "../../script/serve.mjs";

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--enable-precise-memory-info"];

/** Runs `measure(page, url)` `runs` times, each in a browser of its own, and resolves to all results. */
export async function eachInFreshBrowser(runs, measure) {
  const site = await serve();
  const results = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const browser = await chromium.launch({ executablePath: process.env.CHROME ?? "/usr/bin/chromium", args });
      try {
        results.push(await measure(await browser.newPage({ viewport: { width: 1440, height: 900 } }), site.url));
      } finally {
        await browser.close();
      }
    }
  } finally {
    await site.close();
  }
  return results;
}

/** The middle value. */
export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
