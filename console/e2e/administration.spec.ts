import { homeserver } from "./homeserver";
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

  test("sees where messages go and tries a connector", async ({ page }) => {
    await page.goto("/administration");
    await settled(page);
    const parts = page.getByRole("navigation", { name: "parts of administration" });
    await parts.getByRole("link", { name: "Connectors" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Connectors" })).toBeVisible();
    await settled(page);
    await expect(page.getByRole("heading", { name: "Dead letters" })).toBeVisible();
    if (!homeserver()) {
      await expect(page.getByRole("heading", { name: "No connectors yet" })).toBeVisible();
      return;
    }
    // Those of earlier homeservers are listed too, but cannot be tried.
    const button = page.getByRole("button", { name: /^test rooms-/ });
    const rooms = page.locator("[data-connector]").filter({ has: button });
    await expect(rooms).toContainText("Matrix");
    await button.click();
    await expect(rooms.getByText("Reached: the message arrived.")).toBeVisible();
    await expect(rooms).toContainText("works");
    await accessible(page, "connectors after a test");
  });
});

test.describe("the works council", () => {
  test.use({ role: "works_council" });

  test("reads who may do what, by which policy, and where that stands", async ({ page }) => {
    await page.goto("/");
    await settled(page);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Policies" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Policies" })).toBeVisible();
    await page.getByRole("combobox", { name: "role", exact: true }).selectOption("administrator");
    await expect(page).toHaveURL(/role=administrator/);
    await expect(page.locator("[data-cell='administrator/connectors/manage']")).toBeVisible();
    await expect(page.locator("[data-cell^='it_analyst/']")).toHaveCount(0);
    await page.getByRole("combobox", { name: "class of data" }).selectOption("story");
    await expect(page.getByRole("heading", { name: "Nobody may" })).toBeVisible();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("combobox", { name: "class of data" }).selectOption("connectors");
    await page.getByRole("button", { name: "admin_settings" }).first().click();
    const dialog = page.getByRole("dialog");
    await expect(dialog).toContainText("Administrators see and change settings, policies and connectors.");
    await expect(dialog.locator("[data-line='1']")).toBeAttached();
    await accessible(page, "a policy in its file");
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await page.getByRole("button", { name: "The policies" }).click();
    await expect(page.locator("[data-file='administrator.cedar']")).toContainText("as shipped");
    await page.goto("/administration/connectors");
    await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  });
});

test("who works on cases sees no administration", async ({ page }) => {
  await page.goto("/administration");
  await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  for (const part of ["connectors", "policies"]) {
    await page.goto(`/administration/${part}`);
    await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  }
  await page.goto("/contests");
  await settled(page);
  await accessible(page, "contests");
});
