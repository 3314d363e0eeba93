import type { Locator, Page } from "@playwright/test";
import type { AlertDetail, AlertSummary, Chain, Overview, Story } from "../src/api/types";
import { shownScore } from "./score";
import { shot, tandem } from "./target";
import { accessible, expect, settled, test } from "./watch";

const DAY = /\d{4}-\d\d-\d\d/;

async function asked<T>(page: Page, path: string): Promise<T> {
  const answer = await page.request.get(`/api/v1${path}`);
  expect(answer.status(), path).toBe(200);
  return (await answer.json()) as T;
}

/** The alerts that are open. */
const open = async (page: Page) => (await asked<{ alerts: AlertSummary[] }>(page, "/queue")).alerts;

/** An alert that rests on a chain of acts, of which an event may be looked at. */
async function withChain(page: Page): Promise<{ alert: AlertSummary; chain: Chain }> {
  const alerts = await open(page);
  for (const alert of alerts) {
    const { chains } = await asked<AlertDetail>(page, `/alerts/${alert.id}`);
    const chain = chains.find(({ steps }) => steps.some((step) => step.event));
    if (chain) return { alert, chain };
  }
  throw new Error(`none of ${alerts.length} alerts rests on a chain`);
}

const panel = (page: Page, heading: string): Locator =>
  page.locator(".panel", { has: page.getByRole("heading", { name: heading, exact: true }) });

/** A story on whose page departures are drawn by days. */
async function drawn(page: Page): Promise<{ story: string; found: Locator }> {
  const departures = panel(page, "Departures from what is usual");
  const found = departures.locator("article", { has: page.locator("svg[data-picture=days]") });
  for (const { subject } of await open(page)) {
    const story = `/subjects/${subject}`;
    await page.goto(story);
    await settled(page);
    await expect(
      departures
        .locator("article")
        .or(departures.getByText(/No unusual day/))
        .first(),
    ).toBeVisible();
    if ((await found.count()) > 0) return { story, found };
  }
  throw new Error("nobody in the queue departed from their own days lately");
}

test("a chain of acts is told step by step, on the alert and on the story, down to the event", async ({
  page,
}) => {
  test.skip(!tandem(), "the stand-in has one event for all; this needs the real server");
  const { alert, chain } = await withChain(page);
  const reached = chain.steps.filter((step) => step.reached);
  const opened = chain.steps.find((step) => step.event);
  for (const path of [`/alerts/${alert.id}`, `/subjects/${alert.subject}?at=${alert.day}`]) {
    await page.goto(path);
    await settled(page);
    const chains = panel(page, "Chains of acts");
    const told = chains
      .locator("li", { has: page.getByRole("heading", { level: 3, name: chain.title, exact: true }) })
      .filter({ hasText: reached.at(-1)?.sentence ?? "" })
      .first();
    await expect(told).toContainText(`${reached.length} of ${chain.steps.length} steps`);
    const steps = told.getByRole("list", { name: `steps of: ${chain.title}` }).getByRole("listitem");
    await expect(steps).toHaveCount(chain.steps.length);
    for (const [at, step] of chain.steps.entries()) {
      await expect(steps.nth(at)).toContainText(step.name);
      await expect(steps.nth(at)).toContainText(step.reached ? step.sentence : "not seen");
    }
    const times = await told.locator("time").evaluateAll((all) => all.map((one) => one.textContent ?? ""));
    expect(times).toHaveLength(reached.filter((step) => step.time).length);
    expect(times, "in order").toEqual([...times].sort());
    await shot(page, path.startsWith("/alerts") ? "chain-on-alert" : "chain-on-story");
    await told
      .getByRole("button", { name: opened?.sentence ?? "" })
      .first()
      .click();
    const event = page.getByRole("dialog", { name: "Event" });
    await expect(event.locator("[data-raw]")).toBeVisible();
    await expect(event).toContainText(opened?.time?.slice(0, 10) ?? "no time");
    await page.keyboard.press("Escape");
    await expect(event).toHaveCount(0);
  }
});

test("a departure is three sentences, and its picture says the same numbers", async ({ page }) => {
  const { found } = await drawn(page);
  const one = found.first();
  const sentences = await one.getByRole("listitem").allTextContents();
  expect(sentences).toHaveLength(3);
  for (const sentence of sentences) expect(sentence).toMatch(/\.$/);
  const [what = "", own = "", peers = ""] = sentences;
  await expect(one.getByRole("heading", { level: 4 })).toContainText(/\d+ % of what made the day unusual/);

  const picture = one.getByRole("img");
  await expect(picture.locator("[data-mark]")).toBeVisible();
  const words = (await picture.getAttribute("aria-label")) ?? "";
  const day = words.match(DAY)?.[0] ?? "";
  await expect(
    page
      .getByRole("region", { name: `departures of ${day}` })
      .locator("article")
      .first(),
  ).toBeVisible();

  await one.getByText("As a table").click();
  const table = one.getByRole("table");
  const row = (name: RegExp) => table.getByRole("row", { name });
  const value =
    (await row(/^this day/)
      .getByRole("cell")
      .nth(1)
      .textContent()) ?? "";
  expect(words).toContain(`${day}: ${value}`);
  // Acts are told to the digit in the sentence too; bytes are rounded there.
  if (/^[\d,]+ \D/.test(what) && !what.includes("B "))
    expect(what.replaceAll(",", "")).toContain(value.replace(/\s/g, ""));
  const past = row(/^own past/);
  if ((await past.count()) > 0) {
    const [low, usual, high] = await past.getByRole("cell").allTextContents();
    // Where nothing of the kind is in the picture, the sentence does not call it usual.
    if (low === "0" && usual === "0" && high === "0" && words.includes("outside"))
      expect(own).not.toMatch(/^Usual/);
  }
  const others = row(/peers, 30 days/);
  expect((await others.count()) > 0, peers).toBe(!/too few peers/i.test(peers));
  await shot(page, "departures");
  await accessible(page, "departures");
});

test("departures move with the time: before its first unusual day none is told", async ({ page }) => {
  const { story } = await drawn(page);
  const departures = panel(page, "Departures from what is usual");
  const days = await departures.getByRole("heading", { level: 3 }).allTextContents();
  const oldest = days.at(-1) ?? "";
  const before = new Date(Date.parse(oldest) - 86_400_000).toISOString().slice(0, 10);
  await page.goto(`${story}?at=${before}`);
  await settled(page);
  await expect(page.getByLabel("as it stood at the end of")).toHaveValue(before);
  await expect(departures.getByRole("heading", { level: 3, name: oldest })).toHaveCount(0);
});

test("the time slider takes the waterfall back to the first day and on again", async ({ page }) => {
  test.skip(!tandem(), "the stand-in's scores stand still; this needs the real server");
  const [alert] = (await open(page)).sort((a, b) => b.day.localeCompare(a.day));
  expect(alert).toBeTruthy();
  const story = await asked<Story>(page, `/subjects/${alert?.subject}?at=${alert?.day}`);
  const then = story.history.find(({ day }) => day === alert?.day);
  expect(then, "the day of the alert has a score").toBeTruthy();
  const { analysed_to: latest } = await asked<Overview>(page, "/overview");
  await page.goto(`/subjects/${alert?.subject}?at=${alert?.day}`);
  await settled(page);
  const why = panel(page, "Why this score");
  const rows = why.locator("tbody tr");
  expect(await shownScore(page)).toBe(Math.round((then?.score ?? 0) * 10));
  expect(await rows.count()).toBeGreaterThan(1);

  const slider = page.getByRole("slider", { name: "moment" });
  const moment = page.getByLabel("as it stood at the end of");
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(moment).not.toHaveValue(alert?.day ?? "");
  await settled(page);
  await expect(rows, "everybody starts from the same").toHaveCount(1);
  expect(await shownScore(page)).toBe(-300);
  await expect(page).toHaveURL(new RegExp(`at=${await moment.inputValue()}`));

  // The control stays where the hand is, and knows that there are later days.
  await expect(slider).toBeFocused();
  await page.keyboard.press("End");
  await expect.poll(() => moment.inputValue()).toBe(latest);
  await settled(page);
  expect(await rows.count()).toBeGreaterThan(1);
  await shownScore(page);
});
