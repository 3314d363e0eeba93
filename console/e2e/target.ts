import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";

/** The server under test, as `cargo xtask test` hands it over: its address and one one-time sign-in link per role. */
export interface Target {
  address: string;
  links: Record<string, string>;
}

const MOCK = "http://127.0.0.1:7879";

/** From `TANDEM_E2E` (JSON of both), or `TANDEM_E2E_URL` and `TANDEM_E2E_LINKS`; without them the stand-in of `mock/`. */
export function target(): Target {
  const { TANDEM_E2E, TANDEM_E2E_URL, TANDEM_E2E_LINKS } = process.env;
  if (TANDEM_E2E) return JSON.parse(TANDEM_E2E) as Target;
  const address = TANDEM_E2E_URL ?? MOCK;
  if (TANDEM_E2E_LINKS) return { address, links: JSON.parse(TANDEM_E2E_LINKS) as Record<string, string> };
  const roles = ["it_analyst", "corporate_investigator", "administrator", "auditor", "works_council"];
  return {
    address,
    links: Object.fromEntries(roles.map((role) => [role, `${address}/sign-in?token=${role}`])),
  };
}

/** The browser. */
export function executable(): string {
  return process.env.TANDEM_E2E_CHROMIUM || "/usr/bin/chromium";
}

/** Where a role's session is kept between tests: links work only once. */
export function sessionFile(role: string): string {
  return `test-results/session-${role}.json`;
}

/** Keeps a picture of the page in the folder that `TANDEM_E2E_SHOTS` names: for people who want to look, so not without it. */
export async function shot(page: Page, name: string, { fullPage } = { fullPage: true }): Promise<void> {
  const folder = process.env.TANDEM_E2E_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage });
}

/** Runs `tandem` on the machine under test and gives back what it prints; nothing if only the stand-in of `mock/` runs. */
export function tandem(): ((...args: string[]) => string) | null {
  const { TANDEM_E2E_COMMAND } = process.env;
  if (!TANDEM_E2E_COMMAND) return null;
  const [program = "", ...first] = JSON.parse(TANDEM_E2E_COMMAND) as string[];
  return (...args) => execFileSync(program, [...first, ...args], { encoding: "utf8", stdio: "pipe" });
}
