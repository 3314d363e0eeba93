import { defineConfig } from "@playwright/test";
import { executable, target } from "./e2e/target";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// One browser, one worker, no retries: what fails once has failed.
export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    baseURL: target().address,
    viewport: { width: 1280, height: 900 },
    launchOptions: { executablePath: executable(), args: flags },
  },
  projects: [
    { name: "sign in", testMatch: /sign-in\.setup\.ts/ },
    { name: "console", testMatch: /.*\.spec\.ts/, dependencies: ["sign in"] },
  ],
});
