import { shot } from "./target";
import { expect, settled, test } from "./watch";

const PAGE = "/support";

test.describe("a corporate investigator", () => {
  test.use({ role: "corporate_investigator" });

  test("sees whom to help first: why and with what, the latest first, and no number", async ({ page }) => {
    await page.goto(PAGE);
    await settled(page);
    await expect(page.getByRole("heading", { level: 1, name: "Help first" })).toBeVisible();
    const people = page.locator("section", { has: page.getByRole("heading", { level: 2, name: /^S-/ }) });
    expect(await people.count()).toBeGreaterThan(0);
    const told = await people.allInnerTexts();
    for (const text of told) {
      expect(text).toContain("What is known");
      expect(text).toContain("What would fit");
      // Dates and pseudonyms apart, nothing on this list is a figure: no score, no share, no rank.
      const rest = text.replace(/\d{4}-\d\d-\d\d/g, "").replace(/\bS-[0-9A-Z]+/g, "");
      expect(rest).not.toMatch(/\d|\bdB\b|%/);
      expect(rest).not.toMatch(/\b(low|watch|review|act|score|likely|impact)\b/i);
    }
    const since = told.map((text) => text.match(/known since (\d{4}-\d\d-\d\d)/)?.[1] ?? "no day");
    expect(since, "the latest concern first").toEqual([...since].sort().reverse());
    await shot(page, "help-first");
    await people.first().getByRole("link", { name: /^S-/ }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: /Story of/ })).toBeVisible();
  });
});

test("IT does not see whom to help first, neither in the bar nor by address", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await expect(
    page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Help first" }),
  ).toHaveCount(0);
  await page.goto(PAGE);
  await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  expect((await page.request.get(`/api/v1${PAGE}`)).status()).toBe(403);
});
