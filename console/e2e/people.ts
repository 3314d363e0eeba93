import type { Browser, Page } from "@playwright/test";
import { target } from "./target";
import { expect, NOBODY, signIn, watched } from "./watch";

interface Alert {
  id: string;
  subject: string;
  status: string;
}

/** An alert that nobody has taken, about a subject whom no other alert in hand is about: what is told later is of this case. */
export async function untouched(page: Page): Promise<Alert> {
  const answer = await page.request.get("/api/v1/queue");
  const { alerts } = (await answer.json()) as { alerts: Alert[] };
  const taken = new Set(alerts.filter(({ status }) => status !== "new").map(({ subject }) => subject));
  const found = alerts.find(({ subject }) => !taken.has(subject));
  expect(found, `an untouched alert among ${alerts.length}`).toBeTruthy();
  return found as Alert;
}

/** Asks by the API for something that takes no words, as whoever is signed in on the page. */
export async function post(page: Page, path: string): Promise<Record<string, string>> {
  const { csrf } = (await (await page.request.get("/api/v1/session")).json()) as { csrf: string };
  const answer = await page.request.post(path, { headers: { "x-tandem-csrf": csrf }, data: {} });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()) as Record<string, string>;
}

/** Somebody who signs in with a one-time link, in a context of their own. */
export async function signedIn(browser: Browser, link: string): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext({ baseURL: target().address, storageState: NOBODY });
  const page = await context.newPage();
  const problems = await watched(page);
  await signIn(page, link);
  return { page, problems };
}

/** The same with the link that the server made for an account. */
export const newcomer = (browser: Browser, account: string) =>
  signedIn(browser, target().links[account] ?? "");

/** How often the name of whoever is signed in was shown, as far as it is told. */
export async function namesTold(page: Page): Promise<number> {
  const answer = await page.request.get("/api/v1/own");
  expect(answer.status(), await answer.text()).toBe(200);
  const own = (await answer.json()) as { looks: { names: number }[] };
  return own.looks.reduce((sum, { names }) => sum + names, 0);
}
