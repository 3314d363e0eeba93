import { expect, test } from "@playwright/test";
import { sessionFile, target } from "./target";

for (const role of ["it_analyst", "corporate_investigator", "administrator", "auditor", "works_council"]) {
  test(`a one-time link signs in as ${role}`, async ({ page }) => {
    const link = target().links[role];
    expect(link, `no sign-in link for ${role}`).toBeTruthy();
    await page.goto(link ?? "");
    await expect(page.getByText("signed in as")).toBeVisible();
    await page.context().storageState({ path: sessionFile(role) });
  });
}
