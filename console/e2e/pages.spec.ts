import { shots } from "./target";
import { accessible, colours, expect, settled, test } from "./watch";

const PAGES = [
  { name: "queue", path: "/", heading: /alerts/i },
  { name: "board", path: "/?view=board", heading: /alerts/i },
  { name: "subjects", path: "/subjects", heading: "Subjects" },
  { name: "events", path: "/hunt", heading: "Events" },
  { name: "sql", path: "/hunt?tab=sql", heading: "Events" },
  { name: "sources", path: "/sources", heading: "Sources" },
  { name: "rejects", path: "/rejects", heading: "Rejected records" },
  { name: "rules", path: "/rules", heading: "Rules" },
];

for (const theme of ["light", "dark"] as const) {
  for (const { name, path, heading } of PAGES) {
    test(`${name} is whole and accessible in ${theme} colours`, async ({ page }) => {
      await colours(page, theme);
      await page.goto(path);
      await settled(page);
      await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
      await expect(page.getByRole("alert")).toHaveCount(0);
      await page.screenshot({ path: `${shots()}/${name}-${theme}.png`, fullPage: true });
      await accessible(page, name);
    });
  }

  test(`an alert and a subject's story are whole and accessible in ${theme} colours`, async ({ page }) => {
    await colours(page, theme);
    await page.goto("/");
    await settled(page);
    await page.locator("[data-alert] h2 a").first().click();
    await expect(page.getByRole("heading", { name: "Why this alert" })).toBeVisible();
    await settled(page);
    await page.screenshot({ path: `${shots()}/alert-${theme}.png`, fullPage: true });
    await accessible(page, "alert");
    await page.getByTitle("open this subject's story").first().click();
    await expect(page.getByRole("heading", { name: /Story of/ })).toBeVisible();
    await settled(page);
    await page.screenshot({ path: `${shots()}/subject-${theme}.png`, fullPage: true });
    await accessible(page, "subject");
  });
}

test("no page is wider than a narrow window", async ({ page }) => {
  await page.setViewportSize({ width: 420, height: 900 });
  for (const { name, path } of PAGES) {
    await page.goto(path);
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await page.screenshot({ path: `${shots()}/${name}-narrow.png` });
    expect(wide, name).toBeLessThanOrEqual(1);
  }
});
