import { describe, expect, it } from "vitest";
import type { SavedSearch } from "../../api/hunt";
import type { QueryRun } from "../../api/scheduled";
import {
  choicesOf,
  everyWords,
  formOf,
  missingInSchedule,
  runWords,
  troublesOf,
  wordingOfSchedule,
} from "./scheduling";

const SAVED: SavedSearch = {
  id: "1",
  name: "Much at night",
  query: "select account, time from events",
  language: "sql",
  owner: "ines",
  shared: false,
  created: "2026-05-04T08:00:00Z",
};

const RUN: QueryRun = {
  at: "2026-05-04T08:00:00Z",
  elapsed_ms: 20,
  days: 2,
  rows: 7,
  new: 3,
  without_account: 0,
  without_time: 0,
  truncated: false,
  days_left_out: false,
};

describe("a scheduled query", () => {
  it("begins with the name of the search and the usual columns, and needs the rest", () => {
    const form = formOf(SAVED);
    expect(form).toMatchObject({ title: "Much at night", every: "60", account: "account", time: "time" });
    expect(missingInSchedule(form)).toMatch(/points to/);
    const full = { ...form, threat: "leakage", stage: "preparation" };
    expect(missingInSchedule(full)).toBe("");
    expect(missingInSchedule({ ...full, account: " " })).toMatch(/account/);
    expect(missingInSchedule({ ...full, time: "" })).toMatch(/when/);
    expect(wordingOfSchedule({ ...full, every: "240", time: " first " })).toEqual({
      every_minutes: 240,
      title: "Much at night",
      level: "medium",
      threat: "leakage",
      stage: "preparation",
      account: "account",
      time: "first",
    });
  });

  it("begins with what there is, also where that is none of the usual times", () => {
    const said = { title: "t", level: "low", threat: "fraud", stage: "means", account: "who", time: "on" };
    const form = formOf({ ...SAVED, schedule: { ...said, every_minutes: 45, due: RUN.at } });
    expect(form).toEqual({ ...said, every: "45" });
    expect(choicesOf("45")[0]).toEqual({ id: "45", text: "45 minutes" });
    expect(choicesOf("60")).toHaveLength(5);
    expect(everyWords(45)).toBe("asked every 45 minutes");
    expect(everyWords(1440)).toBe("asked every day");
  });

  it("says what came of it last, and what is wrong", () => {
    expect(runWords(null)).toMatch(/not asked yet/);
    expect(runWords(RUN)).toMatch(/2 days: 7 rows, 3 of them new/);
    expect(runWords({ ...RUN, days: 0 })).toMatch(/no events had come/);
    expect(troublesOf(RUN)).toEqual([]);
    const failed = { ...RUN, error: "cannot cast" };
    expect(runWords(failed)).toMatch(/failed/);
    expect(troublesOf(failed)).toEqual(["cannot cast"]);
    const wrong = { ...RUN, truncated: true, without_time: 1, days_left_out: true, without_account: 2 };
    expect(troublesOf(wrong)).toHaveLength(4);
  });
});
