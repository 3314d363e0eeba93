import { describe, expect, it } from "vitest";
import type { LiveSource, SourceAlarm } from "../../api/live";
import { alarmsOf, fullness, inOrder, intakeWords } from "./living";

const source = (name: string, phase: LiveSource["phase"], alarms: SourceAlarm[] = []) =>
  ({ name, phase, alarms }) as LiveSource;
const alarm = (kind: SourceAlarm["kind"], since = "2026-05-04T08:00:00Z") => ({ kind, since, sentence: "x" });

describe("live sources", () => {
  it("stand with alarms first, then by what they do", () => {
    const all = [
      source("b", "running"),
      source("a", "running"),
      source("c", "failing"),
      source("d", "running", [alarm("silent")]),
    ];
    expect(inOrder(all).map(({ name }) => name)).toEqual(["d", "c", "a", "b"]);
    expect(all[0]?.name).toBe("b");
  });

  it("have their alarms by how bad and how old they are", () => {
    const unknown = { ...alarm("lag"), kind: "weather" as SourceAlarm["kind"] };
    const found = alarmsOf([
      source("a", "running", [unknown, alarm("clock_skew"), alarm("silent", "2026-05-04T09:00:00Z")]),
      source("b", "failing", [alarm("failing"), alarm("silent")]),
    ]);
    expect(found.map(({ source: of, kind }) => `${of} ${kind}`)).toEqual([
      "b failing",
      "b silent",
      "a silent",
      "a clock_skew",
      "a weather",
    ]);
  });
});

describe("the intake", () => {
  const intake = { waiting_bytes: 0, room_bytes: 1000, committed: 12345, commits: 7, last_commit: null };

  it("says what waits and what was written", () => {
    expect(intakeWords(intake)).toMatch(/^Nothing waits.*12.345 records written in 7 commits/);
    expect(intakeWords({ ...intake, waiting_bytes: 900 })).toMatch(/^900 B of 1.0 kB wait/);
  });

  it("is never fuller than full", () => {
    expect(fullness({ ...intake, waiting_bytes: 2000 })).toBe(1);
    expect(fullness({ ...intake, room_bytes: 0 })).toBe(0);
  });
});
