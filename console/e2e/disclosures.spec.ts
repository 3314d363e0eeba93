import { type Browser, type Page, expect as plainly } from "@playwright/test";
import { openCase, part, visit } from "./case";
import { target } from "./target";
import { accessible, alongside, expect, NOBODY, settled, signIn, test } from "./watch";

/** A one-time link of an approver whom an administrator adds. */
async function approver(browser: Browser, account: string, department: string): Promise<string> {
  let link = "";
  await alongside(browser, "administrator", async (page) => {
    const { csrf } = (await (await page.request.get("/api/v1/session")).json()) as { csrf: string };
    const headers = { "x-tandem-csrf": csrf };
    const settings = { functions: [], deputies: [], absences: [], chat: [], mail: null };
    const data = { role: "approver", department, disabled: false, settings };
    const added = await page.request.put(`/api/v1/colleagues/${account}`, { headers, data });
    plainly(added.status(), await added.text()).toBe(200);
    const made = await page.request.post(`/api/v1/colleagues/${account}/link`, { headers, data: {} });
    plainly(made.status(), await made.text()).toBe(200);
    link = ((await made.json()) as { path: string }).path;
  });
  return link;
}

/** Signs in on a phone of the narrowest kind. */
async function onPhone(browser: Browser, link: string, act: (page: Page) => Promise<void>): Promise<void> {
  const viewport = { width: 320, height: 640 };
  const context = await browser.newContext({
    viewport,
    baseURL: target().address,
    storageState: NOBODY,
  });
  const page = await context.newPage();
  await signIn(page, link);
  await act(page);
  await context.close();
}

test("a name is asked for, allowed by both departments on a phone, shown, and gone with the page", async ({
  page,
  browser,
}) => {
  const queue = (await (await page.request.get("/api/v1/queue")).json()) as { alerts: { id: string }[] };
  const id = await openCase(page, "Who stands behind it", [queue.alerts.at(-1)?.id ?? ""]);
  await visit(page, id, "disclosures");
  await page.getByRole("button", { name: "Ask who it is…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("name given and family name").check();
  await dialog.getByLabel("why; name nobody").fill("to talk to the person before anything else");
  await accessible(page, "asking");
  await dialog.getByRole("button", { name: "Ask both departments" }).click();
  await expect(dialog).toHaveCount(0);
  const asked = page.locator("[data-disclosure]");
  await expect(asked).toContainText("waits for both departments");
  await expect(asked.getByRole("button", { name: "Show" })).toHaveCount(0);
  await accessible(page, "disclosures");

  for (const department of ["it", "corporate"]) {
    const link = await approver(browser, `approver_${department}`, department);
    await onPhone(browser, link, async (phone) => {
      await phone.goto("/approvals");
      await settled(phone);
      const request = phone.locator("[data-request]").filter({ hasText: id });
      await expect(request).toContainText("to talk to the person before anything else");
      await expect(phone.locator("[data-waits]")).toBeVisible();
      const width = await phone.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBeLessThanOrEqual(320);
      await accessible(phone, `approvals of ${department}`);
      await request.getByRole("button", { name: /^yes to/ }).click();
      await request.getByRole("textbox").fill("it is needed and fair");
      await request.getByRole("button", { name: "Say yes" }).click();
      await expect(phone.locator("[data-request]").filter({ hasText: id })).toHaveCount(0);
    });
  }

  await visit(page, id, "disclosures");
  await expect(asked).toContainText("granted");
  await expect(asked).toContainText("written into the ledger first");
  await asked.getByRole("button", { name: "Show" }).click();
  const shown = page.locator("[data-identity] td").first();
  await expect(shown).not.toBeEmpty();
  const name = (await shown.textContent()) ?? "";
  await accessible(page, "a name");
  expect(page.url()).not.toContain(encodeURIComponent(name));
  await part(page, "Notes");
  await part(page, "Disclosures");
  await expect(page.locator("[data-disclosure]")).toBeVisible();
  await expect(page.locator("[data-identity]")).toHaveCount(0);
  expect(await page.content()).not.toContain(name);

  await asked.getByRole("button", { name: "End now…" }).click();
  await dialog.getByRole("button", { name: "End now", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  await expect(asked).toContainText("ended");
  await expect(asked.getByRole("button", { name: "Show" })).toHaveCount(0);
});
