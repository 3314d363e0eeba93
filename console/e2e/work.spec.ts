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

test("events are searched by form, and the search stands in the address", async ({ page }) => {
  await page.goto("/hunt");
  await settled(page);
  await page.keyboard.press("/");
  await expect(page.getByLabel("account", { exact: true })).toBeFocused();
  await page.getByLabel("class").selectOption("authentication");
  await page.getByRole("button", { name: "Search", exact: true }).last().click();
  await expect(page).toHaveURL(/class=authentication/);
  await settled(page);
  await page.locator("[data-event]").first().click();
  await expect(page.getByRole("dialog", { name: "Event" })).toBeVisible();
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

test("a rule is found by words and shown with its text", async ({ page }) => {
  await page.goto("/rules");
  await settled(page);
  await page.locator("tbody button.link").first().click();
  await expect(page.getByRole("dialog").locator("pre")).toContainText("detection");
});
