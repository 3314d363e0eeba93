import { shot } from "./target";
import { accessible, expect, settled, test } from "./watch";

const tenths = (text: string | null) =>
  Math.round(Number((text ?? "").replace("−", "-").replace("+", "")) * 10);

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
    const table = page.locator("table[data-score]");
    const shown = await table.locator("tbody td:last-child").allTextContents();
    const total = await table.locator("[data-total]").textContent();
    expect(shown.reduce((sum, text) => sum + tenths(text), 0)).toBe(tenths(total));
    const score = Number(await table.getAttribute("data-score"));
    expect(Math.abs(score * 10 - tenths(total))).toBeLessThanOrEqual(0.5001);
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

test("a subject's departures are three sentences with a picture, and move with the time", async ({
  page,
}) => {
  const links = await page
    .getByTitle("open this subject's story")
    .evaluateAll((all) => all.slice(0, 12).map((a) => a.getAttribute("href") ?? ""));
  const panel = page.locator(".panel", {
    has: page.getByRole("heading", { name: "Departures from what is usual" }),
  });
  const found = panel.locator("[data-departure]");
  const pictures = panel.locator("svg[data-picture]");
  // Among those in the queue somebody had an unusual day lately, and not only by something new.
  for (const link of links) {
    await page.goto(link);
    await settled(page);
    await expect(found.or(panel.getByText(/No unusual day/)).first()).toBeVisible();
    if ((await pictures.count()) > 0) break;
  }
  await expect(pictures.first()).toBeVisible();
  const story = new URL(page.url()).pathname;
  const sentences = found.first().locator("[data-three-sentences] li");
  await expect(sentences).toHaveCount(3);
  for (const sentence of await sentences.allTextContents()) expect(sentence).toMatch(/\.$/);
  const picture = pictures.first();
  await expect(picture).toHaveAttribute("aria-label", /^\d{4}-\d\d-\d\d: .+ (lay|days|band|shown)/);
  await expect(picture.locator("[data-mark]")).toHaveCount(1);
  // Before its first unusual day none is told: waterfall, departures and the rest stand at one moment.
  const days = await panel.getByRole("heading", { level: 3 }).allTextContents();
  const oldest = days.at(-1) ?? "";
  const before = new Date(Date.parse(oldest) - 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${story}?at=${before}`);
  await settled(page);
  await expect(page.getByLabel("as it stood at the end of")).toHaveValue(before);
  await expect(panel.getByRole("heading", { level: 3, name: oldest })).toHaveCount(0);
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
