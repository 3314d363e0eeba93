import { describe, expect, it } from "vitest";
import type { Knob, WhatIfView } from "../../api/risk";
import { changedWords, changes, ofPart, outcomeWords, PARTS, valued } from "./trying";

const knob = (key: string, value: number, unit: Knob["unit"] = "dB"): Knob => ({
  key,
  value,
  start: value,
  least: 0,
  most: 40,
  step: 1,
  unit,
  words: `words of ${key}`,
});

const KNOBS = [knob("queue.per_1000", 8, "alerts"), knob("model.levels.high", 12)];

const view = (change: Partial<WhatIfView>): WhatIfView => ({
  from: "2026-05-01",
  to: "2026-05-02",
  changes: [],
  budget_before: 8,
  budget_after: 8,
  alerts_before: 3,
  alerts_after: 3,
  both: 3,
  days: [
    { day: "2026-05-01", before: 2, after: 2, both: 2 },
    { day: "2026-05-02", before: 1, after: 1, both: 1 },
  ],
  entering: [],
  leaving: [],
  truncated: false,
  unlike_kept: 0,
  exact_start: true,
  ...change,
});

describe("trying settings", () => {
  it("sends only what is changed and is a number", () => {
    const tried = { "queue.per_1000": 8, "model.levels.high": 10, "model.levels.low": Number.NaN };
    expect(changes(KNOBS, tried)).toEqual([{ key: "model.levels.high", value: 10 }]);
    expect(changes(KNOBS, { "model.detectors.rule:a": 1 })).toEqual([]);
    expect(changes(KNOBS, { "model.detectors.rule:a": 0 })).toHaveLength(1);
  });

  it("shows every setting in exactly one part", () => {
    for (const one of KNOBS) {
      expect(PARTS.filter((part) => ofPart([one], part.prefixes).length > 0)).toHaveLength(1);
    }
  });

  it("says values with their unit", () => {
    expect(valued(0.2, "share")).toBe("20 %");
    expect(valued(-20, "dB")).toBe("\u221220 dB");
    expect(changedWords({ key: "model.levels.high", before: 12, after: 10 }, KNOBS)).toBe(
      "words of model.levels.high: 12 dB → 10 dB",
    );
  });
});

describe("what came of it", () => {
  it("says so when nothing changes", () => {
    expect(outcomeWords(view({})).at(-1)).toBe("Nothing would have changed.");
  });

  it("owns up to what it cannot know", () => {
    const lines = outcomeWords(
      view({ alerts_after: 5, exact_start: false, unlike_kept: 2, budget_after: 4 }),
    );
    expect(lines.join(" ")).toContain("would have been 5");
    expect(lines.join(" ")).toContain("an estimate");
    expect(lines.join(" ")).toContain("differs by 2 alerts");
    expect(lines.join(" ")).toContain("4 alerts a day in the place of 8");
  });
});
