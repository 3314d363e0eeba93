import { test as plain } from "@playwright/test";
import { signedIn } from "./people";
import { tandem } from "./target";
import { accessible, expect, settled, test } from "./watch";

test.describe("an administrator", () => {
  test.use({ role: "administrator" });

  test("sees sources but no subject, neither in the bar nor by address", async ({ page }) => {
    await page.goto("/");
    await settled(page);
    await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
    const bar = page.getByRole("navigation", { name: "Pages" });
    await expect(bar.getByRole("link", { name: "Sources" })).toBeVisible();
    await expect(bar.getByRole("link", { name: "Subjects" })).toHaveCount(0);
    await accessible(page, "overview");
    for (const path of ["/subjects", "/hunt"]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
    }
    expect((await page.request.get("/api/v1/queue")).status()).toBe(403);
    expect((await page.request.get("/api/v1/subjects")).status()).toBe(403);
  });
});

test.describe("a corporate investigator", () => {
  test.use({ role: "corporate_investigator" });

  test("sees the queue but may not search raw events", async ({ page }) => {
    await page.goto("/");
    await settled(page);
    await expect(
      page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Events" }),
    ).toHaveCount(0);
    await page.goto("/hunt");
    await expect(page.getByRole("heading", { name: "Not for this role" })).toBeVisible();
  });
});

plain("whoever signs out is shown nothing any more", async ({ browser }) => {
  // In a session of its own: the roles' sessions serve all tests, and their links work once.
  const run = tandem();
  test.skip(run === null, "the stand-in of mock/ makes no links");
  if (run === null) return;
  const link = new URL(run("sign-in-link", "staff", "--user", "someone"));
  const { page, problems } = await signedIn(browser, link.pathname + link.search);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
  await page.goto("/mine");
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
  await page.context().close();
  expect(problems).toEqual([]);
});

plain("a stranger is told how to sign in", async ({ page }) => {
  await page.goto("/subjects");
  await expect(page.getByRole("heading", { name: "Please sign in" })).toBeVisible();
  await expect(page.getByLabel("account")).toBeVisible();
  await page.getByText("No password yet, or lost it?").click();
  await expect(page.getByText("tandem sign-in-link")).toBeVisible();
});
