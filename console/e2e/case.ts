import { expect, type Page } from "@playwright/test";
import { settled } from "./watch";

/** Opens a case by the API as whoever is signed in on the page, and gives back its number. */
export async function openCase(page: Page, title: string, alerts: string[] = []): Promise<string> {
  const session = await page.request.get("/api/v1/session");
  const { csrf } = (await session.json()) as { csrf: string };
  const answer = await page.request.post("/api/v1/cases", {
    headers: { "x-tandem-csrf": csrf },
    data: { kind: "data_leakage", title, reason: "to look at its pages", alerts },
  });
  expect(answer.status(), await answer.text()).toBe(200);
  const view = (await answer.json()) as { summary: { id: string } };
  return view.summary.id;
}

/** Goes to a part of the case that the page shows. */
export async function part(page: Page, name: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Parts of the case" })
    .getByRole("link", { name: new RegExp(`^${name}`) })
    .click();
  await expect(page.locator(`[data-part=${name.toLowerCase()}]`)).toBeVisible();
}

/** Looks at a case anew: others may have worked on it. */
export async function visit(page: Page, id: string, tab: string): Promise<void> {
  await page.goto(`/cases/${id}?tab=${tab}`);
  await settled(page);
  await expect(page.getByRole("heading", { level: 1, name: new RegExp(id) })).toBeVisible();
}

/** Answers the open dialog: why, and the button that does it. */
export async function answer(page: Page, why: string, button: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog
    .getByRole("textbox", { name: /^(why|how|what)/ })
    .last()
    .fill(why);
  await dialog.getByRole("button", { name: button, exact: true }).click();
  await expect(dialog).toHaveCount(0);
}
