import type { Page } from "@playwright/test";
import { answer, openCase, part, visit } from "./case";
import { shot } from "./target";
import { accessible, alongside, expect, settled, test } from "./watch";

/** Opens what is folded of long groups. */
async function unfold(page: Page): Promise<void> {
  const more = page.getByRole("button", { name: /^Show all/ });
  while ((await more.count()) > 0) await more.first().click();
}

test("duties over all cases are accepted, fulfilled and declined by keyboard", async ({ page }) => {
  await page.goto("/");
  await settled(page);
  const id = await openCase(page, "Duties that wait on a board");
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  await expect(page).toHaveURL(/\/duties$/);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1, name: "Duty board" })).toBeVisible();
  await unfold(page);
  const mine = (duty: string) => page.locator(`[data-item="${id} duty ${duty}"]`);
  const duty = "detect/it_analyst";
  await expect(mine(duty)).toContainText("offered");
  await accessible(page, "duty board");
  await shot(page, "duties");

  /** Walks the keyboard to a duty. */
  const stand = async (on: string) => {
    for (let at = 0; at < 300; at++) {
      if ((await mine(on).getAttribute("data-current")) === "true") break;
      await page.keyboard.press("j");
    }
    await expect(mine(on)).toHaveAttribute("data-current", "true");
  };

  await test.step("y accepts the one that the keyboard stands on", async () => {
    await stand(duty);
    await page.keyboard.press("y");
    await expect(mine(duty)).toContainText("accepted");
  });

  await test.step("f says what came of it, and it is gone from the board", async () => {
    await expect(mine(duty)).toHaveAttribute("data-current", "true");
    await page.keyboard.press("f");
    await expect(page.getByRole("dialog")).toContainText(id);
    await answer(page, "three sources say the same", "Fulfilled");
    await expect(mine(duty)).toHaveCount(0);
  });

  await test.step("n declines with a reason", async () => {
    const other = "analyse/it_analyst";
    await stand(other);
    await page.keyboard.press("n");
    await answer(page, "on leave by then", "Decline");
    await expect(mine(other)).toHaveCount(0);
  });

  await test.step("Enter goes to the room", async () => {
    const left = page.locator("[data-current=true]");
    const to = (await left.getAttribute("data-item"))?.split(" ")[0] ?? "";
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`/cases/${to}`));
  });
});

test("who is offered a duty sees the outline, accepts, and is in the case", async ({ page, browser }) => {
  await page.goto("/cases");
  await settled(page);
  const id = await openCase(page, "A duty offered to the other department");
  await alongside(browser, "corporate_investigator", async (office) => {
    await office.goto(`/cases/${id}`);
    await settled(office);
    await expect(office.locator(`[data-outline="${id}"]`)).toBeVisible();
    await accessible(office, "outline of a case");
    await office.getByRole("link", { name: "Go to the duty board" }).click();
    await settled(office);
    await unfold(office);
    const offered = office.locator(`[data-item="${id} duty detect/corporate_investigator"]`);
    await offered.getByRole("button", { name: /^accept/ }).click();
    await expect(offered).toContainText("accepted");
    await visit(office, id, "duties");
    await expect(office.locator("[data-own-duty='detect/corporate_investigator']")).toBeVisible();
  });
});

test("a mention leads from the board to the note", async ({ page, browser }) => {
  await page.goto("/cases");
  await settled(page);
  const id = await openCase(page, "Somebody is asked by name");
  await visit(page, id, "notes");
  await page.getByRole("region", { name: "members" }).getByRole("button", { name: "Add…" }).click();
  await page.getByRole("dialog").getByLabel("account").selectOption("corporate_investigator");
  await answer(page, "knows the department", "Add");
  await part(page, "Notes");
  await page.getByRole("textbox", { name: /^note/ }).fill("Who owns the stick?");
  await page
    .getByRole("group", { name: "mention a member" })
    .getByRole("button", { name: "@corporate_investigator" })
    .click();
  await page.getByRole("button", { name: "Write the note" }).click();
  await expect(page.locator("[data-note] mark")).toHaveText("@corporate_investigator");
  await accessible(page, "note with a mention");
  await alongside(browser, "corporate_investigator", async (office) => {
    await office.goto("/duties");
    await settled(office);
    await office
      .getByRole("region", { name: "where you were mentioned" })
      .getByRole("link", { name: `it_analyst in ${id}` })
      .click();
    await expect(office.locator("[data-meant=true]")).toContainText("Who owns the stick?");
    await office.getByRole("button", { name: "Watch", exact: true }).click();
    await expect(office.getByRole("button", { name: "Watching" })).toHaveAttribute("aria-pressed", "true");
    await office.goto("/duties");
    await settled(office);
    await expect(office.locator(`[data-watched="${id}"]`)).toBeVisible();
  });
});

test("the board fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/duties");
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(1);
  await shot(page, "duties-phone", { fullPage: false });
});

test("a meeting is planned in the room, waits with whoever is asked to come, and is called off", async ({
  page,
  browser,
}) => {
  await page.goto("/cases");
  await settled(page);
  const id = await openCase(page, "A case to sit together on");
  await visit(page, id, "meetings");
  await page.getByRole("textbox", { name: "what it is about" }).fill("<b>What we know</b>");
  const plan = page.getByRole("button", { name: "Plan the meeting" });
  await expect(plan).toBeDisabled();
  // A day ahead, to the minute, as the field takes it.
  const begins = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await page.getByLabel("begins (UTC)").fill(begins);
  await page.getByRole("textbox", { name: "where, or how" }).fill("Room 5");
  await page.getByRole("textbox", { name: /^what is to be talked about/ }).fill("who talks to the manager");
  await plan.click();
  const row = page.locator("[data-meeting]");
  await expect(row).toContainText("<b>What we know</b>");
  await expect(row).toContainText(`${begins.replace("T", " ")} UTC, 30 min`);
  await expect(row.getByRole("button", { name: /^was held/ })).toHaveCount(0);
  await accessible(page, "meetings");
  await shot(page, "meetings");

  await test.step("it stands on the duty board of who is asked to come, and on the timeline", async () => {
    await page.goto("/duties");
    await settled(page);
    await unfold(page);
    const waits = page.locator(`[data-item^="${id} meeting "]`);
    await expect(waits).toContainText("<b>What we know</b>");
    await visit(page, id, "timeline");
    await expect(page.locator("[data-part=timeline]")).toContainText("planned the meeting");
  });

  await test.step("the other department does not see it before it is in the case", async () => {
    await alongside(browser, "corporate_investigator", async (other) => {
      await other.goto("/duties");
      await settled(other);
      await unfold(other);
      await expect(other.locator(`[data-item^="${id} meeting "]`)).toHaveCount(0);
    });
  });

  await test.step("it is moved, and then called off with a reason", async () => {
    await visit(page, id, "meetings");
    await row.getByRole("button", { name: /^move/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("lasts").selectOption("60");
    await answer(page, "there is more to say", "Move");
    await expect(row).toContainText("1 h");
    await row.getByRole("button", { name: /^call off/ }).click();
    await answer(page, "it is clear by now", "Call off");
    await expect(row).toHaveAttribute("data-state", "cancelled");
    await expect(row).toContainText("it is clear by now");
    await expect(row.getByRole("button")).toHaveCount(0);
  });
});
