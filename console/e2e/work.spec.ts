import { readFile } from "node:fs/promises";
import { shot } from "./target";
import { accessible, expect, settled, test } from "./watch";

test("an SQL statement runs by Ctrl+Enter and its rows can be downloaded", async ({ page }) => {
  await page.goto("/hunt?tab=sql");
  const statement = page.getByLabel(/one SELECT/);
  await statement.fill("select time, account, class, event_id from events limit 5");
  await statement.press("Control+Enter");
  await expect(page.locator("[data-rows]")).toBeVisible();
  await shot(page, "sql-rows", { fullPage: false });
  await accessible(page, "rows");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download CSV" }).click(),
  ]);
  const text = await readFile(await file.path(), "utf8");
  expect(text.split("\r\n")[0]).toContain("account");
  expect(text.split("\r\n").length).toBeGreaterThan(1);
});

test("a wrong SQL statement is told what is wrong and what to do", async ({ page }) => {
  await page.goto("/hunt?tab=sql");
  await page.getByLabel(/one SELECT/).fill("select nothing_of_the_kind from events");
  await page.getByRole("button", { name: "Run" }).click();
  const failure = page.getByRole("alert");
  await expect(failure).toContainText("nothing_of_the_kind");
  await accessible(page, "failure");
});

test("rejected records are read and tried again", async ({ page }) => {
  await page.goto("/rejects");
  await settled(page);
  const rows = page.locator("[data-reject]");
  if ((await rows.count()) === 0) {
    await expect(page.getByText("Nothing was rejected")).toBeVisible();
    return;
  }
  await rows.first().getByRole("button", { name: "View" }).click();
  await expect(page.getByRole("dialog", { name: "Rejected record" }).locator("pre")).not.toBeEmpty();
  await page.keyboard.press("Escape");
  await rows.first().getByRole("button", { name: "Try again" }).click();
  await expect(page.locator("[data-replayed]")).toContainText("1 record tried");
});

test("live sources are told with what is wrong first, or how to begin", async ({ page }) => {
  await page.goto("/sources");
  await settled(page);
  const there = await page.request.get("/api/v1/sources/live");
  test.skip(there.status() === 404, "this server has no live sources");
  const live = page.getByRole("region", { name: "live sources", exact: true });
  const none = live.locator("[data-live-none]");
  await expect(none.or(live.locator("[data-live]").first())).toBeVisible();
  if (await none.isVisible()) await expect(none).toContainText("[[sources]]");
  else await expect(live.getByRole("status")).toContainText("running");
  await accessible(page, "live sources");
});

test("a rule is found by words and shown with its text", async ({ page }) => {
  await page.goto("/rules");
  await settled(page);
  await page.locator("tbody button.link").first().click();
  await expect(page.getByRole("dialog").locator("pre")).toContainText("detection");
});
