import { accessible, expect, settled, test } from "./watch";

test.describe("an administrator", () => {
  test.use({ role: "administrator" });

  test("adds a colleague, sends them away, hands out a link and cannot change themselves", async ({
    page,
  }) => {
    await page.goto("/administration");
    await settled(page);
    const own = page.locator("[data-colleague=administrator]");
    await expect(own).toContainText("you");
    await expect(own.getByRole("button")).toHaveCount(0);
    await accessible(page, "colleagues");

    await page.getByRole("button", { name: "Add a colleague…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("account", { exact: true }).fill("nora");
    await dialog.getByLabel("role").selectOption("approver");
    await expect(dialog.getByText("Say for which department they approve.")).toBeVisible();
    await dialog.getByLabel("approves for").selectOption("corporate");
    await accessible(page, "a new colleague");
    await dialog.getByRole("button", { name: "Add", exact: true }).click();
    await expect(dialog).toHaveCount(0);
    const nora = page.locator("[data-colleague=nora]");
    await expect(nora).toContainText("corporate security");

    await page.getByRole("button", { name: "change nora" }).click();
    await dialog.getByRole("button", { name: "Add an absence" }).click();
    await dialog.getByLabel("first day away").fill("2020-01-01");
    await dialog.getByLabel("first day back").fill("2099-01-01");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(nora).toContainText("away");

    await page.getByRole("button", { name: "sign-in link for nora" }).click();
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await expect(dialog.locator("[data-link]")).toContainText("/sign-in?token=");
    await page.keyboard.press("Escape");
    await expect(page.locator("[data-link]")).toHaveCount(0);
  });
});

test("who works on cases sees no administration", async ({ page }) => {
  await page.goto("/administration");
  await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  await page.goto("/contests");
  await settled(page);
  await accessible(page, "contests");
});
