import { expect, test } from "@playwright/test";
import { sessionFile, target } from "./target";

const ROLES = ["it_analyst", "corporate_investigator", "administrator", "auditor", "works_council"];
/** Accounts that only the real server has. */
const APPROVERS = ["approver_it", "approver_corporate"];

for (const account of [...ROLES, ...APPROVERS.filter((name) => target().links[name])]) {
  test(`a one-time link signs in as ${account}`, async ({ page }) => {
    const link = target().links[account];
    expect(link, `no sign-in link for ${account}`).toBeTruthy();
    await page.goto(link ?? "");
    await expect(page.getByText("signed in as")).toBeVisible();
    await page.context().storageState({ path: sessionFile(account) });
  });
}
