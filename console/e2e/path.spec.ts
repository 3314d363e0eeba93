import { shownScore } from "./score";
import { shot } from "./target";
import { accessible, expect, settled, test } from "./watch";

test.beforeEach(async ({ page }) => {
  await page.goto("/");
  await settled(page);
});

test("from the queue over an alert down to the raw event", async ({ page }) => {
  await page.locator("[data-alert] h2 a").first().click();
  await expect(page.locator("[data-sentences] li").first()).not.toBeEmpty();
  await page.locator("summary", { hasText: /event/ }).first().click();
  await page.locator("[data-event]").first().click();
  const drawer = page.getByRole("dialog", { name: "Event" });
  await expect(drawer.locator("[data-raw]")).toBeVisible();
  await expect(
    drawer.getByRole("table", { name: "the source's own fields" }).locator("tr").first(),
  ).toBeVisible();
  await expect(page).toHaveURL(/event=/);
  await shot(page, "event", { fullPage: false });
  await accessible(page, "event drawer");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
});

test("the shown rows of a score add up to the shown number", async ({ page }) => {
  const alerts = page.locator("[data-alert] h2 a");
  const links = await alerts.evaluateAll((all) => all.slice(0, 5).map((a) => a.getAttribute("href") ?? ""));
  expect(links.length).toBeGreaterThan(0);
  for (const link of links) {
    await page.goto(link);
    await settled(page);
    await shownScore(page);
  }
});

test("the queue can be walked by keyboard", async ({ page }) => {
  const cards = page.locator("[data-alert]");
  const many = (await cards.count()) > 1;
  await page.keyboard.press("j");
  await expect(cards.nth(many ? 1 : 0)).toHaveAttribute("data-current", "true");
  await page.keyboard.press("k");
  await expect(cards.first()).toHaveAttribute("data-current", "true");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  const id = await cards.first().getAttribute("data-alert");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/alerts/${id}`));
});

test("an alert is taken, closed with a verdict and a reason, and opened again", async ({ page }) => {
  await page.locator("[data-alert] h2 a").last().click();
  await settled(page);
  const take = page.getByRole("button", { name: "Take" });
  if (await take.isVisible()) await take.click();
  await expect(page.getByText("in progress").first()).toBeVisible();
  await page.getByRole("button", { name: "Close…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("button", { name: "Close the alert" })).toBeDisabled();
  await accessible(page, "close dialog");
  await dialog.getByRole("radio", { name: /benign/ }).check();
  await dialog.getByLabel("why").fill("approved handover, ticket seen");
  await dialog.getByRole("button", { name: "Close the alert" }).click();
  await expect(page.getByText("closed: benign").first()).toBeVisible();
  await expect(page.getByText("approved handover, ticket seen").first()).toBeVisible();
  await page.getByRole("button", { name: "Open again" }).click();
  await expect(page.getByText("in progress").first()).toBeVisible();
});

test("a subject's story shows an earlier moment by its address", async ({ page }) => {
  await page.getByTitle("open this subject's story").first().click();
  await expect(page.getByRole("heading", { name: /Story of/ })).toBeVisible();
  await settled(page);
  const date = page.getByLabel("as it stood at the end of");
  const latest = await date.inputValue();
  await page.getByRole("button", { name: "one day back" }).click();
  await expect(page).toHaveURL(/at=/);
  await settled(page);
  await expect(date).not.toHaveValue(latest);
  await page.getByRole("button", { name: "Back to the latest" }).click();
  await expect(date).toHaveValue(latest);
});

test("a row of the score leads to its indicator", async ({ page }) => {
  await page.locator("[data-alert] h2 a").first().click();
  await settled(page);
  await page.locator("table[data-score] button.link").first().click();
  await expect(page).toHaveURL(/indicator=/);
  await expect(page.locator("[aria-current=true][id^=indicator-]")).toBeVisible();
});

test("calibration says what needs a look and names no subject", async ({ page }) => {
  await page.goto("/calibration");
  await settled(page);
  await expect(page.getByRole("heading", { name: "What needs a look" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Do alerts fall evenly?" })).toBeVisible();
  const text = await page.getByRole("main").innerText();
  expect(text).not.toMatch(/\bS-[0-9A-Z]{4,}/);
  await shot(page, "calibration-top", { fullPage: false });
});
