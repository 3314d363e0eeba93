import AxeBuilder from "@axe-core/playwright";
import { type Browser, test as base, expect, type Page } from "@playwright/test";
import { sessionFile, shot, target } from "./target";

/** What goes wrong on a page from now on. */
export async function watched(page: Page): Promise<string[]> {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    // The browser itself reports every refused request; refusals are tested on the page.
    const refused = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !refused) problems.push(`console: ${message.text()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  return problems;
}

/** Signs in by a one-time link, in a context without any session: signing in ends the one that there was. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  // The link's page goes on by itself.
  await page.waitForURL(({ pathname }) => pathname === "/");
  await settled(page);
}

/** What a context begins with that has nobody's session; otherwise it begins with that of the test's own role. */
export const NOBODY = { cookies: [], origins: [] };

/** Lets somebody of another role do something on a page of their own, watched like the test's own page. */
export async function alongside(
  browser: Browser,
  role: string,
  act: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({ storageState: sessionFile(role), baseURL: target().address });
  const page = await context.newPage();
  const problems = await watched(page);
  await act(page);
  await context.close();
  expect(problems, role).toEqual([]);
}

/** Pages as one role; a test fails on any console error, page error, or breach of the content-security policy. */
export const test = base.extend<{ role: string; problems: string[] }>({
  role: ["it_analyst", { option: true }],
  storageState: async ({ role }, use) => use(sessionFile(role)),
  problems: [
    async ({ page }, use) => {
      const problems = await watched(page);
      await use(problems);
      expect(problems).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Later rows of long tables and lists: they are built like the first ones, and axe takes milliseconds for each cell. */
const ALIKE = ["tbody > tr:nth-child(n+13)", "main ul > li:nth-child(n+13)", "main ol > li:nth-child(n+13)"];

/** Nothing that axe calls serious or critical, by all of its rules or by the named ones. */
export async function accessible(page: Page, where: string, rules?: string[]): Promise<void> {
  // Legacy: there are no frames of other origins, for which axe would open a page of its own each time.
  const axe = new AxeBuilder({ page }).setLegacyMode().exclude(ALIKE);
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const bad = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  const words = bad.map(
    (v) =>
      `${v.id}: ${v.help}: ${v.nodes
        .slice(0, 3)
        .map((n) => n.target.join(" "))
        .join(" | ")}`,
  );
  expect(words, where).toEqual([]);
}

/** Waits until nothing on the page is loading. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("h1").first()).toBeVisible();
  await expect(page.locator(".skeleton")).toHaveCount(0);
}

/** What is on the page is accessible in light colours, and in dark ones legible too. */
export async function inBothColours(page: Page, name: string): Promise<void> {
  await shot(page, `${name}-light`);
  await accessible(page, `${name}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, `${name}-dark`);
  // Everything else is the same in both.
  await accessible(page, `${name}, dark`, ["color-contrast"]);
  await page.emulateMedia({ colorScheme: "light" });
}
