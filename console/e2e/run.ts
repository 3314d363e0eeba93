import { expect, type Locator, type Page } from "@playwright/test";

/** What a form is filled in with: the beginning of each field's label, and what it takes. */
export type Filled = Record<string, string>;

async function fill(dialog: Locator, filled: Filled): Promise<void> {
  for (const [label, value] of Object.entries(filled)) {
    const field = dialog.getByLabel(label);
    const tag = await field.evaluate((element) => element.tagName);
    if (tag === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
}

/** Answers the open dialog of a step. */
async function send(page: Page, filled: Filled): Promise<void> {
  const dialog = page.getByRole("dialog");
  await fill(dialog, filled);
  await dialog.getByRole("button", { name: "Send" }).click();
  await expect(dialog).toHaveCount(0);
}

const inPart = (page: Page, part: string, id: string) =>
  page.getByRole("region", { name: part }).locator(`[data-step="${id}"]`);

/** A step that waits on the page of a run. */
export const step = (page: Page, id: string) => inPart(page, "what waits", id);

/** A step that is behind. */
export const past = (page: Page, id: string) => inPart(page, "what is behind", id);

/** Takes a step of a run, fills in its form, and says that it is done. */
export async function does(page: Page, id: string, form: Filled = {}): Promise<void> {
  const box = step(page, id);
  await box.getByRole("button", { name: /^Take it/ }).click();
  if (Object.keys(form).length > 0) {
    await box.getByRole("button", { name: /^Fill in the form/ }).click();
    await send(page, form);
  }
  await box.getByRole("button", { name: /^Done/ }).click();
  await expect(box).toHaveCount(0);
}

/** Says yes to a step that acts on a person. */
export async function agrees(page: Page, id: string, why: string): Promise<void> {
  const box = step(page, id);
  await box.getByRole("button", { name: /^Yes or no/ }).click();
  await send(page, { why });
  await expect(box).toContainText(why);
}
