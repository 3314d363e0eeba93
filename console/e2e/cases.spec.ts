import { answer, openCase, part, visit } from "./case";
import { shot } from "./target";
import { accessible, alongside, expect, settled, test } from "./watch";

const FOR_BOTH = "Twelve customer lists went to one stick.";
const FOR_CORPORATE = "The handover was agreed in a talk on Monday.";
const IT_REASON = "The stick is a company one and encrypted.";
const CORPORATE_REASON = "The handover was agreed beforehand.";

test("both departments work on one case until it is closed, and the auditor finds every act", async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  let id = "";
  let alert = "";

  await test.step("IT opens a case from an alert", async () => {
    await page.goto("/");
    await settled(page);
    const alerts = page.locator("[data-alert] h2 a");
    await alerts.nth(Math.min(1, (await alerts.count()) - 1)).click();
    await expect(page.getByRole("heading", { name: "Why this alert" })).toBeVisible();
    alert = new URL(page.url()).pathname;
    await page.getByRole("button", { name: "Open a case…" }).click();
    const dialog = page.getByRole("dialog", { name: "Open a case" });
    await expect(dialog.getByLabel("title")).not.toHaveValue("");
    await expect(dialog.getByLabel("kind")).not.toHaveValue("");
    await expect(dialog.getByRole("button", { name: "Open the case" })).toBeDisabled();
    await accessible(page, "open case dialog");
    await dialog.getByLabel("why").fill("it looks like more than one copy");
    await dialog.getByRole("button", { name: "Open the case" }).click();
    await expect(page).toHaveURL(/\/cases\/C-\d{4}-\d{4,9}$/);
    id = new URL(page.url()).pathname.split("/").pop() ?? "";
    await expect(page.getByRole("heading", { level: 1, name: new RegExp(id) })).toBeVisible();
  });

  await test.step("the alert says which case it is in", async () => {
    await page.goto(alert);
    await settled(page);
    await page.locator("[data-in-case]").click();
    await expect(page).toHaveURL(new RegExp(`/cases/${id}$`));
  });

  await test.step("IT writes a note, adds a task and asks corporate security in", async () => {
    await part(page, "Notes");
    await page.getByRole("textbox", { name: /^note/ }).fill(FOR_BOTH);
    await page.getByRole("button", { name: "Write the note" }).click();
    await expect(page.locator("[data-note]")).toContainText([FOR_BOTH]);
    await part(page, "Tasks");
    await page.getByLabel("what is to be done").fill("ask who owns the stick");
    await page.getByLabel("by whom").selectOption("it_analyst");
    await page.getByRole("button", { name: "Add the task" }).click();
    await expect(page.locator("[data-task]")).toContainText(["ask who owns the stick"]);
    await page.getByRole("region", { name: "members" }).getByRole("button", { name: "Add…" }).click();
    await page.getByRole("dialog").getByLabel("account").selectOption("corporate_investigator");
    await answer(page, "knows the department", "Add");
    await expect(page.locator("[data-member=corporate_investigator]")).toContainText("contributor");
  });

  await test.step("corporate security sees the case and writes for its own department", async () => {
    await alongside(browser, "corporate_investigator", async (office) => {
      await office.goto("/cases");
      await settled(office);
      await office.locator(`[data-case="${id}"] h2 a`).click();
      await part(office, "Notes");
      await expect(office.locator("[data-note]")).toContainText([FOR_BOTH]);
      await office.getByRole("textbox", { name: /^note/ }).fill(FOR_CORPORATE);
      await office.getByRole("button", { name: "own department" }).click();
      await office.getByRole("button", { name: "Write the note" }).click();
      await expect(office.getByText(FOR_CORPORATE)).toBeVisible();
    });
  });

  await test.step("IT does not see that note, neither on the page nor in the answer", async () => {
    const read = await page.request.get(`/api/v1/cases/${id}`);
    expect(await read.text()).not.toContain(FOR_CORPORATE);
    for (const tab of ["notes", "timeline"]) {
      await visit(page, id, tab);
      await expect(page.getByText(FOR_BOTH).first()).toBeVisible();
      await expect(page.getByText(FOR_CORPORATE)).toHaveCount(0);
    }
  });

  await test.step("IT looks into it, proposes to close it as unfounded, and votes", async () => {
    await page.getByRole("button", { name: "Investigate…" }).click();
    await answer(page, "the copies are to be explained", "Begin to look into it");
    await part(page, "Decisions");
    await page.getByRole("button", { name: "Propose to close…" }).click();
    await page
      .getByRole("dialog")
      .getByRole("radio", { name: /unfounded/ })
      .check();
    await accessible(page, "proposal dialog");
    await answer(page, "an agreed handover", "Propose");
    await page.getByRole("button", { name: "Vote…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "For", exact: true }).click();
    await answer(page, IT_REASON, "Vote");
    await expect(page.locator("[data-proposal]")).toContainText("it_analyst has voted; sealed");
    await expect(page.getByRole("button", { name: "Vote…" })).toHaveCount(0);
  });

  await test.step("corporate security votes without seeing the other vote", async () => {
    await alongside(browser, "corporate_investigator", async (office) => {
      await visit(office, id, "decisions");
      await expect(office.locator("[data-proposal]")).toContainText("it_analyst has voted; sealed");
      await expect(office.getByText(IT_REASON)).toHaveCount(0);
      await office.getByRole("button", { name: "Vote…" }).click();
      await office.getByRole("dialog").getByRole("button", { name: "For", exact: true }).click();
      await answer(office, CORPORATE_REASON, "Vote");
      const proposal = office.locator("[data-proposal]");
      await expect(proposal).toContainText("agreed");
      await expect(proposal).toContainText(IT_REASON);
      await expect(proposal).toContainText(CORPORATE_REASON);
      await shot(office, "case-decided");
    });
  });

  await test.step("IT closes the case as decided", async () => {
    await visit(page, id, "decisions");
    await page.getByRole("button", { name: "Close the case…" }).click();
    await answer(page, "as both decided", "Close the case as decided");
    await expect(page.getByText("closed: unfounded")).toBeVisible();
    await part(page, "Notes");
    await expect(page.getByRole("button", { name: "Write the note" })).toHaveCount(0);
  });

  await test.step("the auditor finds the case in the ledger, checks it, and sees no story", async () => {
    await alongside(browser, "auditor", async (auditor) => {
      await auditor.goto("/ledger");
      await settled(auditor);
      const of = auditor.getByRole("searchbox", { name: "case" });
      await of.fill(id);
      await of.press("Enter");
      await expect(auditor).toHaveURL(new RegExp(`case=${id}`));
      const rows = auditor.locator("[data-row]");
      for (const act of ["case.open", "case.note", "case.people", "case.decision", "case.life"])
        await expect(rows.filter({ hasText: act }).first()).toBeVisible();
      for (const text of await rows.allTextContents()) expect(text).toContain(id);
      await auditor.getByRole("button", { name: "Check the whole ledger" }).click();
      await expect(auditor.locator("[data-holds=true]")).toContainText("The ledger holds");
      await accessible(auditor, "ledger, checked");
      await auditor.goto(alert);
      await expect(auditor.getByRole("heading", { name: "Not for this role" })).toBeVisible();
      expect((await auditor.request.get(`/api/v1${alert}`)).status()).toBe(403);
      expect((await auditor.request.get("/api/v1/subjects")).status()).toBe(403);
    });
  });
});

test("a look from a case is for that case, and the page says so", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const alert = await page.locator("[data-alert]").first().getAttribute("data-alert");
  const id = await openCase(page, "A look that says what it is for", [alert ?? ""]);
  await visit(page, id, "timeline");
  const asked = page.waitForRequest((request) => request.url().includes("/api/v1/subjects/"));
  await page
    .getByRole("region", { name: "what the case is about" })
    .getByTitle("open this subject's story")
    .first()
    .click();
  expect((await asked).headers()["x-tandem-case"]).toBe(id);
  await settled(page);
  await expect(page.locator(`[data-for-case="${id}"]`)).toBeVisible();
  await expect(page.getByRole("heading", { name: /Story of/ })).toBeVisible();
  await accessible(page, "story for a case");
  await page.locator(`[data-for-case="${id}"]`).getByRole("link", { name: id }).click();
  await expect(page).toHaveURL(new RegExp(`/cases/${id}$`));
  await page.goto(`/alerts/${alert}?case=${id}`);
  await settled(page);
  await expect(page.locator(`[data-for-case="${id}"]`)).toBeVisible();
  await expect(page.getByRole("button", { name: "Close…" })).toHaveCount(0);
});

test("evidence is taken in, shown, and keeps who did what with it", async ({ page }) => {
  await page.goto("/cases");
  await settled(page);
  const id = await openCase(page, "Evidence and its custody");
  await visit(page, id, "evidence");
  await page
    .getByLabel("file, at most 25 MiB")
    .setInputFiles({ name: "copies.txt", mimeType: "text/plain", buffer: Buffer.from("twelve lists\n") });
  await page.getByLabel("where it comes from").fill("the file server's log");
  await page.getByRole("button", { name: "Add the evidence" }).click();
  const item = page.locator("[data-evidence]");
  await expect(item).toContainText("copies.txt");
  await item.getByRole("button", { name: "view copies.txt" }).click();
  await expect(page.getByRole("dialog", { name: "copies.txt" })).toContainText("twelve lists");
  await accessible(page, "evidence");
  await page.keyboard.press("Escape");
  await expect(item.locator("summary")).toContainText("2 links");
  await page.getByRole("button", { name: "Export…" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("for the file of corporate security");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("dialog").getByRole("button", { name: "Export" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe(`${id}.zip`);
});

test("a refusal is shown with its way out, and nothing changes", async ({ page }) => {
  await page.goto("/cases");
  await settled(page);
  const id = await openCase(page, "A task that is late before it begins");
  await visit(page, id, "tasks");
  await page.getByLabel("what is to be done").fill("what should have been done");
  await page.getByLabel("due (UTC)").fill("2020-01-01T08:00");
  await page.getByRole("button", { name: "Add the task" }).click();
  const refusal = page.getByRole("form", { name: "add a task" }).getByRole("alert");
  await expect(refusal).toContainText("the due time has passed");
  await expect(refusal).toContainText("choose a later one");
  await accessible(page, "refusal");
  await expect(page.locator("[data-task]")).toHaveCount(0);
});

test.describe("the works council", () => {
  test.use({ role: "works_council" });

  test("checks the ledger without reading it", async ({ page }) => {
    await page.goto("/ledger");
    await settled(page);
    await page.getByRole("button", { name: "Check the whole ledger" }).click();
    await expect(page.locator("[data-holds=true]")).toContainText("The ledger holds");
    await expect(page.locator("[data-row]")).toHaveCount(0);
    expect((await page.request.get("/api/v1/ledger")).status()).toBe(403);
    await accessible(page, "ledger without rows");
  });
});
