import { expect, test } from "@playwright/test";
import { shot } from "./target";
import { accessible } from "./watch";

test("signing in works by keyboard on a narrow screen, and says in plain words what is wrong", async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
  await expect(page.getByLabel("account")).toBeVisible();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(1);
  await accessible(page, "sign-in");
  await page.getByLabel("account").focus();
  await page.keyboard.type("nobody.here");
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("Account, password or code is wrong.");
  await shot(page, "sign-in-narrow");
});
