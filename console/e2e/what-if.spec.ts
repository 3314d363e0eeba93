import type { Page } from "@playwright/test";
import { shot } from "./target";
import { accessible, alongside, expect, settled, test } from "./watch";

const WHY = "more alerts come than anybody can look at";
const AGREED = "we see the same";

/** Filling ninety days again twice takes a while. */
const PATIENCE = { timeout: 60_000 };

const knob = (page: Page, key: string) => page.locator(`[data-knob="${key}"]`);
const proposal = (page: Page, id: string) => page.getByRole("listitem").filter({ hasText: id }).first();

async function visit(page: Page): Promise<void> {
  await page.goto("/what-if");
  await settled(page);
  await expect(page.getByRole("heading", { level: 1, name: "What if" })).toBeVisible();
}

/** Fills the queues again and gives back how many alerts there were, would have been, and are the same. */
async function tried(page: Page): Promise<{ before: number; after: number; both: number }> {
  await page.getByRole("button", { name: "Try it" }).click();
  const outcome = page.locator("[data-outcome]");
  await expect(outcome).toBeVisible(PATIENCE);
  const words = await outcome.innerText();
  const found = words.match(
    /there were ([\d\u202f]+) alerts?; there would have been (\d+), of which (\d+) are the same/,
  );
  expect(found, words).toBeTruthy();
  const [before = 0, after = 0, both = 0] = (found ?? [])
    .slice(1)
    .map((n) => Number(n.replace("\u202f", "")));
  return { before, after, both };
}

test("other settings are tried on the past, proposed, and answered by the other department", async ({
  page,
  browser,
}) => {
  test.setTimeout(240_000);
  await visit(page);

  const { before } = await test.step("without a change the queue comes out as it was", async () => {
    const same = await tried(page);
    expect(same).toEqual({ before: same.before, after: same.before, both: same.before });
    expect(same.before).toBeGreaterThan(2);
    await expect(page.locator("[data-outcome]")).toContainText("Nothing would have changed.");
    await expect(page.getByRole("button", { name: "Propose it" })).toBeDisabled();
    return same;
  });

  await test.step("with half the budget fewer would have been in it, and who is told", async () => {
    const budget = knob(page, "queue.per_1000").getByRole("spinbutton");
    const now = Number(await budget.inputValue());
    await budget.fill(String(now / 2));
    await expect(knob(page, "queue.per_1000")).toContainText(`Back to ${now} alerts`);
    const half = await tried(page);
    expect(half.before).toBe(before);
    expect(half.after).toBeLessThan(before);
    await expect(page.locator("[data-outcome]")).toContainText(`${now} alerts → ${now / 2} alerts`);
    const leaving = page.getByRole("region", { name: "Would leave", exact: true });
    await expect(leaving.locator("tbody tr")).toHaveCount(half.before - half.both);
    await expect(
      page.getByRole("region", { name: "Would enter", exact: true }).locator("tbody tr"),
    ).toHaveCount(half.after - half.both);
    await expect(leaving.locator("tbody tr").first().getByRole("link")).toHaveAttribute(
      "href",
      /\/subjects\/S-.+at=20/,
    );
    await shot(page, "what-if");
    await accessible(page, "what if");
  });

  await test.step("a weight is tried with it: without behaviour another queue comes out", async () => {
    await knob(page, "queue.per_1000")
      .getByRole("button", { name: /^Back to/ })
      .click();
    await page.getByText("Technical evidence").click();
    await knob(page, "model.groups.behaviour.factor").getByRole("spinbutton").fill("0");
    const without = await tried(page);
    expect(without.both).toBeLessThan(before);
    await expect(page.locator("[data-outcome]")).toContainText(
      "Weight of unusual behaviour: 1 times → 0 times",
    );
  });

  const id = await test.step("it becomes a proposal that whoever makes it cannot answer", async () => {
    await page.getByRole("button", { name: "Propose it" }).click();
    const dialog = page.getByRole("dialog", { name: "Propose 1 change" });
    const send = dialog.getByRole("button", { name: "Ask the other department" });
    await expect(send).toBeDisabled();
    await dialog.getByRole("textbox", { name: /^why/ }).fill(WHY);
    await accessible(page, "propose");
    await send.click();
    await expect(dialog).toHaveCount(0, PATIENCE);
    const made = page
      .getByRole("region", { name: "proposals" })
      .getByRole("listitem")
      .filter({ hasText: WHY })
      .first();
    await expect(made).toContainText("waiting");
    await expect(made).toContainText("Weight of unusual behaviour: 1 times → 0 times");
    await expect(made).toContainText(`${before} alerts as it was`);
    await expect(made.getByRole("button", { name: "Answer" })).toHaveCount(0);
    return (await made.innerText()).match(/P-\d+/)?.[0] ?? "";
  });

  await test.step("corporate security reads it and says yes", async () => {
    await alongside(browser, "corporate_investigator", async (office) => {
      await visit(office);
      const asked = proposal(office, id);
      await expect(asked).toContainText(WHY);
      await asked.getByRole("button", { name: "Answer" }).click();
      const dialog = office.getByRole("dialog", { name: `Answer ${id}` });
      await dialog.getByRole("radio", { name: "yes, use it" }).check();
      await expect(dialog.getByRole("button", { name: "Approve" })).toBeDisabled();
      await dialog.getByRole("textbox", { name: /^why/ }).fill(AGREED);
      await dialog.getByRole("button", { name: "Approve" }).click();
      await expect(dialog).toHaveCount(0);
      await expect(asked).toContainText("approved by corporate_investigator");
    });
  });

  await test.step("who asked sees the answer and the lines; nothing changed by itself", async () => {
    await visit(page);
    const answered = proposal(page, id);
    await expect(answered).toContainText(AGREED);
    await expect(answered.locator("pre")).toContainText("factor = 0");
    await expect(answered.getByText("in force")).toHaveCount(0);
    await page.getByText("Technical evidence").click();
    await expect(knob(page, "model.groups.behaviour.factor").getByRole("spinbutton")).toHaveValue("1");
    await accessible(page, "proposals");
  });

  await test.step("an administrator reads the lines, and no subject", async () => {
    await alongside(browser, "administrator", async (office) => {
      await visit(office);
      await expect(proposal(office, id).locator("pre")).toContainText("factor = 0");
      await expect(office.getByRole("button", { name: "Try it" })).toHaveCount(0);
      expect(await office.getByRole("main").innerText()).not.toMatch(/\bS-[0-9A-Z]{4,}/);
    });
  });
});
