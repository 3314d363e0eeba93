import type { Page } from "@playwright/test";
import { openCase } from "./case";
import { shot } from "./target";
import { expect, inBothColours, settled, test } from "./watch";

interface Listed {
  name: string;
  path: string;
  heading: string | RegExp;
}

const PAGES: Listed[] = [
  { name: "queue", path: "/", heading: /alerts/i },
  { name: "board", path: "/?view=board", heading: /alerts/i },
  { name: "cases", path: "/cases", heading: "Cases" },
  { name: "duties", path: "/duties", heading: "Duty board" },
  { name: "subjects", path: "/subjects", heading: "Subjects" },
  { name: "events", path: "/hunt", heading: "Events" },
  { name: "sql", path: "/hunt?tab=sql", heading: "Events" },
  { name: "sources", path: "/sources", heading: "Sources" },
  { name: "rejects", path: "/rejects", heading: "Rejected records" },
  { name: "rules", path: "/rules", heading: "Rules" },
  { name: "verdicts", path: "/rules?tab=verdicts", heading: "Rules" },
  { name: "reports", path: "/reports", heading: "Reports" },
  { name: "calibration", path: "/calibration", heading: "Calibration" },
  { name: "what-if", path: "/what-if", heading: "What if" },
  { name: "account", path: "/account", heading: "Account" },
];
const CORPORATE_PAGES: Listed[] = [{ name: "help-first", path: "/support", heading: "Help first" }];
const AUDITOR_PAGES: Listed[] = [
  { name: "auditor-cases", path: "/cases", heading: "Cases" },
  { name: "ledger", path: "/ledger", heading: "Ledger" },
  { name: "auditor-connectors", path: "/administration/connectors", heading: "Connectors" },
];
const ADMINISTRATOR_PAGES: Listed[] = [
  { name: "administration", path: "/administration", heading: "Administration" },
  { name: "connectors", path: "/administration/connectors", heading: "Connectors" },
];
const COUNCIL_PAGES: Listed[] = [
  { name: "policies-table", path: "/administration/policies", heading: "Policies" },
  { name: "policies-files", path: "/administration/policies?tab=files", heading: "Policies" },
  { name: "policies-always", path: "/administration/policies?tab=always", heading: "Policies" },
];
const OTHERS: Record<string, Listed[]> = {
  corporate_investigator: CORPORATE_PAGES,
  auditor: AUDITOR_PAGES,
  administrator: ADMINISTRATOR_PAGES,
  works_council: COUNCIL_PAGES,
};
const PARTS = ["timeline", "notes", "tasks", "meetings", "duties", "evidence", "decisions"];

/** A page is whole and accessible in both colours. */
async function whole(page: Page, { name, path, heading }: Listed) {
  await page.goto(path);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await inBothColours(page, name);
}

async function narrow(page: Page, pages: Listed[]) {
  await page.setViewportSize({ width: 420, height: 900 });
  for (const { name, path } of pages) {
    await page.goto(path);
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await shot(page, `${name}-narrow`, { fullPage: false });
    expect(wide, name).toBeLessThanOrEqual(1);
  }
}

/** The parts of a new case about the first alert. */
async function room(page: Page): Promise<Listed[]> {
  await page.goto("/");
  await settled(page);
  const alert = await page.locator("[data-alert]").first().getAttribute("data-alert");
  const id = await openCase(page, "Every part of a case", [alert ?? ""]);
  return PARTS.map((tab) => ({
    name: `case-${tab}`,
    path: `/cases/${id}?tab=${tab}`,
    heading: new RegExp(id),
  }));
}

/** The pages of the first alert and of whom it is about. */
async function about(page: Page): Promise<Listed[]> {
  await page.goto("/");
  await settled(page);
  const links = [page.locator("[data-alert] h2 a"), page.getByTitle("open this subject's story")];
  const paths = await Promise.all(links.map((link) => link.first().getAttribute("href")));
  return ["alert", "subject"].map((name, at) => ({ name, path: paths[at] ?? "", heading: /./ }));
}

for (const listed of PAGES)
  test(`${listed.name} is whole and accessible`, async ({ page }) => {
    await whole(page, listed);
  });

test("every part of a case is whole and accessible", async ({ page }) => {
  for (const listed of await room(page)) await whole(page, listed);
});

test("an alert and a subject's story are whole and accessible", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  await page.locator("[data-alert] h2 a").first().click();
  await expect(page.getByRole("heading", { name: "Why this alert" })).toBeVisible();
  await settled(page);
  await inBothColours(page, "alert");
  await page.getByTitle("open this subject's story").first().click();
  await expect(page.getByRole("heading", { name: /Story of/ })).toBeVisible();
  await settled(page);
  await inBothColours(page, "subject");
});

test("no page is wider than a narrow window", async ({ page }) => {
  await narrow(page, [...PAGES, ...(await room(page)), ...(await about(page))]);
});

for (const [role, pages] of Object.entries(OTHERS))
  test.describe(`pages of the role ${role}`, () => {
    test.use({ role });

    for (const listed of pages)
      test(`${listed.name} is whole and accessible`, async ({ page }) => {
        await whole(page, listed);
      });

    test("are not wider than a narrow window", async ({ page }) => {
      await narrow(page, pages);
    });
  });
