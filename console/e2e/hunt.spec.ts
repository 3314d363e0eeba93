import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { openCase, visit } from "./case";
import { shot } from "./target";
import { accessible, expect, settled, test } from "./watch";

/** What every log has, over all time: the time of the records is not that of the test. */
const SIGN_INS = "class:authentication";
/** What no log has; a rule of it finds nothing. */
const NOTHING = "class:file_activity file_name:*.made-for-a-test";

const bar = (page: Page) => page.getByRole("textbox", { name: "search", exact: true });

/** Searches over all time read every event, and so do the figures beside them. */
const PATIENCE = { timeout: 90_000 };

test.describe.configure({ timeout: 240_000 });

async function ended(page: Page): Promise<void> {
  await expect(page.locator("[data-hunt=done]")).toBeVisible(PATIENCE);
  await expect(page.locator(".skeleton")).toHaveCount(0, PATIENCE);
  await settled(page);
}

/** Looks at a search by its address. */
async function hunt(page: Page, query: string, more = ""): Promise<void> {
  await page.goto(`/hunt?q=${encodeURIComponent(query)}&last=any${more}`);
  await ended(page);
}

/** Events found, as the line under the search says. */
async function hits(page: Page): Promise<number> {
  const words = await page.locator("[data-hunt=done] [role=status]").textContent();
  return Number((/^[\d\s\u202f]+/.exec(words ?? "")?.[0] ?? "").replace(/\D/g, ""));
}

test("a search is written with what is offered, runs by Enter and stands in the address", async ({
  page,
}) => {
  await page.goto("/hunt?last=any");
  await settled(page);
  await expect(page.getByRole("region", { name: "how to begin" })).toBeVisible();
  await page.keyboard.press("/");
  await expect(bar(page)).toBeFocused();
  await page.keyboard.type("clas");
  const offered = page.getByRole("listbox", { name: "suggestions" });
  await expect(offered.getByRole("option", { name: /^class/ }).first()).toBeVisible();
  await accessible(page, "suggestions");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(bar(page)).toHaveValue("class:");
  await page.keyboard.type("authent");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await expect(bar(page)).toHaveValue(`${SIGN_INS} `);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=class%3Aauthentication/);
  await ended(page);
  expect(await hits(page)).toBeGreaterThan(0);
  const regions = ["events over time", "events", "fields"];
  for (const name of regions) await expect(page.getByRole("region", { name, exact: true })).toBeVisible();
  await shot(page, "hunt");
  await accessible(page, "what was found");
  await page.locator("[data-event]").first().click();
  const drawer = page.getByRole("dialog", { name: "Event" });
  await expect(drawer.locator("[data-raw]")).toBeVisible();
  await accessible(page, "an event that was found");
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(page.locator("[data-hunt=done]")).toBeVisible();
});

test("a mistake is shown where it is, and nothing found says what to do next", async ({ page }) => {
  await page.goto(`/hunt?q=${encodeURIComponent(`${SIGN_INS} and (account:a`)}&last=any`);
  await expect(page.getByRole("alert")).toContainText("not closed");
  await expect(page.locator("[data-place]")).toContainText("▲");
  await expect(bar(page)).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "a mistake");
  await bar(page).fill("account:nobody-is-called-this");
  await bar(page).press("Enter");
  await expect(page.getByRole("heading", { name: "No events match" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await accessible(page, "nothing found");
  await page.getByRole("button", { name: "Show everything of this time" }).click();
  await ended(page);
  await expect(page.locator("[data-event]").first()).toBeVisible();
});

test("a bar of the histogram narrows the time, by mouse and by keys", async ({ page }) => {
  await hunt(page, SIGN_INS);
  const all = await hits(page);
  const full = page.locator("[data-bar]:not([data-hits='0'])");
  const last = full.last();
  const [day, count] = [await last.getAttribute("data-pick"), await last.getAttribute("data-hits")];
  await last.click();
  await expect(page).toHaveURL(/from=/);
  await ended(page);
  expect(await hits(page)).toBe(Number(count));
  if (day?.length === 10) {
    await expect(page).toHaveURL(new RegExp(`from=${day}&to=${day}`));
    await expect(page.locator("[data-histogram=hour]")).toBeVisible();
  }
  await page.goBack();
  await ended(page);
  expect(await hits(page)).toBe(all);
  await page.getByText("As a table", { exact: true }).click();
  await expect(page.getByRole("table", { name: /^Events by/ })).toBeVisible();
  await page.locator("[data-bar][tabindex='0']").focus();
  await page.keyboard.press("Home");
  await expect(page.locator("[data-bar='0']")).toBeFocused();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/from=.*to=/);
  await expect(page.locator("[data-hunt=done]")).toBeVisible();
});

test("the time is picked: a stretch that ends now, or bounds of one's own", async ({ page }) => {
  await page.goto("/hunt");
  await settled(page);
  await page.getByRole("button", { name: "7 days" }).click();
  await expect(page).toHaveURL(/last=7d/);
  await page.getByRole("button", { name: "Own…" }).click();
  await page.getByLabel("from (UTC)").fill("2026-02-02T08:00");
  await page.getByLabel("to (UTC)").fill("2026-02-01T08:00");
  await expect(page.getByRole("button", { name: "Set the time" })).toBeDisabled();
  await expect(page.getByText("It ends before it begins.")).toBeVisible();
  await page.getByLabel("to (UTC)").fill("2026-02-02T23:59");
  await page.getByRole("button", { name: "Set the time" }).click();
  await expect(page).toHaveURL(/from=2026-02-02T08%3A00%3A00Z&to=2026-02-02/);
  await accessible(page, "time of one's own");
});

test("a value leads on: left out, kept, or searched for alone", async ({ page }) => {
  await hunt(page, SIGN_INS);
  const all = await hits(page);
  const account = page.locator("[data-pivot=account]").first();
  await account.click();
  const menu = page.getByRole("menu");
  await expect(menu.getByRole("menuitem", { name: "Leave this out" })).toBeVisible();
  await accessible(page, "what can be done with a value");
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(account).toBeFocused();
  await page.keyboard.press("Enter");
  await menu.getByRole("menuitem", { name: "Leave this out" }).click();
  await ended(page);
  await expect(bar(page)).toHaveValue(new RegExp(`^${SIGN_INS} not account:`));
  expect(await hits(page)).toBeLessThan(all);
  await page.goBack();
  await ended(page);
  const most = page.locator("[data-field=account]").getByRole("listitem").first();
  await most.getByRole("button", { name: /^leave out account / }).click();
  await ended(page);
  await expect(bar(page)).toHaveValue(new RegExp(`^${SIGN_INS} not account:`));
  await page.locator("[data-field=source]").getByRole("listitem").first().getByRole("button").first().click();
  await ended(page);
  await expect(bar(page)).toHaveValue(/ source:/);
  await page.locator("[data-event]").first().click();
  await page.getByRole("dialog", { name: "Event" }).locator("[data-pivot=class]").first().click();
  await menu.getByRole("menuitem", { name: "Search for this alone" }).click();
  await ended(page);
  await expect(bar(page)).toHaveValue(SIGN_INS);
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a field that is counted becomes a column, and its values lead on as well", async ({ page }) => {
  await hunt(page, "class:file_activity");
  const fields = page.getByRole("region", { name: "fields", exact: true });
  const other = fields
    .locator("[data-field]")
    .filter({ has: page.locator("[aria-pressed]") })
    .first();
  const name = (await other.getAttribute("data-field")) ?? "";
  if ((await other.getAttribute("open")) === null) await other.locator("summary").click();
  await other.getByRole("button", { name: `${name} as a column` }).click();
  await ended(page);
  await expect(page).toHaveURL(new RegExp(`columns=${name}`));
  await expect(page.getByRole("columnheader", { name })).toBeVisible();
  await page.locator(`[data-pivot="${name}"]`).first().click();
  await page.getByRole("menuitem", { name: "Only with this" }).click();
  await ended(page);
  await expect(bar(page)).toHaveValue(new RegExp(`^class:file_activity ${name}:`));
  await expect(page.locator("[data-event]").first()).toBeVisible();
});

test("a search can be stopped", async ({ page }) => {
  await page.route("**/api/v1/hunt/search", () => undefined);
  await page.goto(`/hunt?q=${encodeURIComponent(SIGN_INS)}`);
  await expect(page.locator("[data-hunt=running]")).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("[data-hunt=stopped]")).toContainText("Stopped");
  await page.unroute("**/api/v1/hunt/search");
  await page.getByRole("button", { name: "Search", exact: true }).last().click();
  await expect(page.locator("[data-hunt=done]")).toBeVisible();
});

test("a search is saved, renamed, shared, run again, made a rule of, and deleted", async ({ page }) => {
  const name = `stray files ${Date.now()}`;
  const dialog = page.getByRole("dialog");
  await hunt(page, NOTHING);
  await page.getByRole("button", { name: "Save…" }).click();
  await expect(dialog.getByRole("button", { name: "Save", exact: true })).toBeDisabled();
  await dialog.getByRole("textbox", { name: "name", exact: true }).fill(name);
  await accessible(page, "save a search");
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await page.goto("/hunt");
  await settled(page);
  await page.getByRole("button", { name: `change ${name}` }).click();
  await dialog.getByRole("textbox", { name: "name", exact: true }).fill(`${name} again`);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const entry = page.locator(`[data-saved="${name} again"]`);
  await entry.getByRole("button", { name: `share ${name} again`, exact: true }).click();
  await expect(entry.getByText("shared", { exact: true })).toBeVisible();
  await accessible(page, "saved searches");

  await entry.getByRole("button", { name: /^make a rule/ }).click();
  await dialog.getByLabel("points to").selectOption("leakage");
  await expect(dialog.getByRole("button", { name: "Make the rule" })).toBeDisabled();
  await dialog.getByLabel("stage").selectOption("infringement");
  await dialog.getByRole("radio", { name: /many within a time/ }).check();
  await dialog.getByLabel("events, at least").fill("5");
  await accessible(page, "make a rule");
  await dialog.getByRole("button", { name: "Make the rule" }).click();
  await expect(dialog.locator("[data-rule-made] pre")).toContainText("event_count");
  await expect(dialog.locator("[data-rule-made]")).toContainText(".yml");
  await accessible(page, "the rule that was made");
  await page.keyboard.press("Escape");
  await entry.getByRole("button", { name: /^take away the rule/ }).click();
  await dialog.getByRole("button", { name: "Take away" }).click();
  await expect(entry.getByRole("button", { name: /^make a rule/ })).toBeVisible();

  await entry.getByRole("button", { name: `${name} again`, exact: true }).click();
  await expect(bar(page)).toHaveValue(NOTHING);
  await page.getByRole("button", { name: "Saved searches…" }).click();
  await dialog.getByRole("button", { name: `delete ${name} again` }).click();
  await page.getByRole("dialog").last().getByRole("button", { name: "Delete", exact: true }).click();
  await expect(entry).toHaveCount(0);
});

test("SQL is saved, made a scheduled query, and asked no more", async ({ page }) => {
  const name = `many files ${Date.now()}`;
  const dialog = page.getByRole("dialog");
  const sql = "select account, min(time) as time from events group by account having count(*) > 1000000";
  await page.goto("/hunt?tab=sql");
  await settled(page);
  await page.getByLabel(/one SELECT/).fill(sql);
  await page.getByRole("button", { name: "Save…" }).click();
  await dialog.getByRole("textbox", { name: "name", exact: true }).fill(name);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const entry = page.locator(`[data-saved="${name}"]`);
  await entry.getByRole("button", { name: `make ${name} a scheduled query` }).click();
  await expect(dialog.getByRole("button", { name: "Have it asked" })).toBeDisabled();
  await dialog.getByLabel("points to").selectOption("leakage");
  await dialog.getByLabel("stage").selectOption("preparation");
  await dialog.getByLabel("asked every").selectOption("15");
  await accessible(page, "make a scheduled query");
  await dialog.getByRole("button", { name: "Have it asked" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(entry.locator("[data-schedule]")).toContainText("asked every 15 minutes");
  await accessible(page, "saved SQL");
  await entry.getByRole("button", { name: `have ${name} asked no more` }).click();
  await dialog.getByRole("button", { name: "Have it asked no more" }).click();
  await expect(entry.locator("[data-schedule]")).toHaveCount(0);
  await entry.getByRole("button", { name: `delete ${name}` }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(entry).toHaveCount(0);
});

test("what was found is kept in a case as evidence", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const id = await openCase(page, "Sign-ins to look at");
  await hunt(page, SIGN_INS, `&case=${id}`);
  await expect(page.locator(`[data-for-case="${id}"]`)).toBeVisible();
  await page.getByRole("button", { name: "Keep in a case…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("case")).toHaveValue(id);
  await expect(dialog.getByRole("button", { name: "Keep it" })).toBeDisabled();
  await dialog.getByLabel("why").fill("they are the ground of the case");
  await accessible(page, "keep in a case");
  await dialog.getByRole("button", { name: "Keep it" }).click();
  await expect(dialog.locator(`[data-kept="${id}"]`)).toBeVisible();
  await visit(page, id, "evidence");
  await expect(page.locator("[data-evidence]")).toContainText(["ndjson"]);
});

test("what was found is saved as NDJSON and as CSV for a case, with the hash over it", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const id = await openCase(page, "Sign-ins to hand on");
  await hunt(page, SIGN_INS, `&case=${id}`);
  const all = await hits(page);
  await page.getByRole("button", { name: "Export…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel("case")).toHaveValue(id);
  await accessible(page, "export");
  const lines = async (format: string, name: string) => {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      dialog.getByRole("button", { name: `Save as ${format}` }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(name);
    return (await readFile(await file.path(), "utf8")).trim().split(/\r?\n/);
  };
  const records = await lines("NDJSON", "tandem-events.ndjson");
  expect(records).toHaveLength(Math.min(all, 10_000));
  expect(JSON.parse(records[0] ?? "")).toHaveProperty("id");
  await expect(dialog.getByText(/[0-9a-f]{64}/)).toBeVisible();
  expect((await lines("CSV", "tandem-events.csv")).length).toBeGreaterThan(Math.min(all, 10_000));
});

test("addresses of earlier days and SQL still lead to what they asked for", async ({ page }) => {
  await page.goto("/hunt?class=authentication&text=a");
  await ended(page);
  await expect(bar(page)).toHaveValue(`${SIGN_INS} a`);
  await expect(page).toHaveURL(/last=any/);
  await page.getByRole("button", { name: "Continue as SQL" }).click();
  await expect(page.getByLabel(/one SELECT/)).toHaveValue(/select/i);
});

test("the state of lists is told, and what to do where there are none", async ({ page }) => {
  await page.goto("/hunt");
  await settled(page);
  const lists = page.locator("[data-lists]");
  if ((await lists.getAttribute("open")) === null) await lists.locator("summary").click();
  await expect(lists.getByRole("table").or(lists.getByText("None yet."))).toBeVisible();
  await accessible(page, "lists");
});
