import { expect, type Page } from "@playwright/test";

/** A number as it is shown, in tenths. */
const tenths = (text: string | null) =>
  Math.round(Number((text ?? "").replace("−", "-").replace("+", "")) * 10);

/** The score that the page shows, in tenths of decibans, after its shown rows were found to add up to it. */
export async function shownScore(page: Page): Promise<number> {
  const table = page.locator("table[data-score]");
  const rows = await table.locator("tbody td:last-child").allTextContents();
  const total = tenths(await table.locator("tfoot td:last-child").textContent());
  expect(rows.reduce((sum, text) => sum + tenths(text), 0)).toBe(total);
  const score = Number(await table.getAttribute("data-score"));
  expect(Math.abs(score * 10 - total)).toBeLessThanOrEqual(0.5001);
  return total;
}
