// A person's means on the page: finding things in the picture's tree, typing into the editor, reading the inspector.
import { type Locator, type Page, expect } from "@playwright/test";

/** Opens the page and waits until the cluster on it is alive. */
export async function open(page: Page, site: string): Promise<void> {
  await page.goto(site);
  await expect(editor(page)).toBeVisible();
  await expect(things(page, /, node, ready/)).toHaveCount(3);
}

/** Things of the picture whose spoken words match. */
export const things = (page: Page, words: RegExp): Locator => page.getByRole("treeitem", { name: words });

/** Pods of a workload, by their spoken words. */
export const pods = (page: Page, workload: string, state = ""): Locator =>
  things(page, new RegExp(`^${workload}-[a-z0-9]+-[a-z0-9]+, .*${state}`));

export const editor = (page: Page): Locator => page.getByRole("textbox", { name: "Manifest" });

/** Goes to a line of the manifest that shows (from 1), and replaces what stands on it. */
export async function replaceLine(page: Page, line: number, text: string): Promise<void> {
  await editor(page).press("Control+Home");
  for (let at = 1; at < line; at += 1) await page.keyboard.press("ArrowDown");
  // Home goes to the first letter, and once more to the beginning.
  await page.keyboard.press("End");
  await page.keyboard.press("Shift+Home");
  await page.keyboard.type(text);
}

/** The number of the first line (from 1) of the manifest on disk that matches. */
export function lineOf(text: string, pattern: RegExp): number {
  const at = text.split("\n").findIndex((line) => pattern.test(line));
  expect(at, `${pattern} in the manifest`).toBeGreaterThanOrEqual(0);
  return at + 1;
}

/** Opens an example by its title, from the menu. */
export async function openExample(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "Examples" }).click();
  await page.getByRole("menuitem", { name: title }).click();
  await expect(page.getByRole("menu")).toBeHidden();
}

/** Goes to the first thing whose spoken words begin so, by typing them into the picture's tree, and asks for the inspector. */
export async function inspect(page: Page, words: string): Promise<void> {
  const id = await things(page, new RegExp(`^${words}`)).first().getAttribute("id");
  const tree = page.getByRole("tree");
  // Letters that a busy machine lets come late begin a new word, so it is typed again, as a person would.
  await expect(async () => {
    // From elsewhere, so that the name is looked for from the beginning.
    await tree.press("Escape");
    await tree.pressSequentially(words);
    await expect(tree).toHaveAttribute("aria-activedescendant", id!, { timeout: 1_000 });
  }).toPass();
  await tree.press("Enter");
}

/** Sets the speed, as the time bar offers it: "10×". */
export const setSpeed = (page: Page, label: string) => page.getByLabel("Speed").selectOption({ label });
