import { describe, expect, it } from "vitest";
import type { ClockFigure } from "../../api/reports";
import { groupWords, longest, percent, sentence, spanWords } from "./figures";

const figure: ClockFigure = {
  clock: "share",
  of: "group",
  kind: "data_leakage",
  department: "it",
  cases: 8,
  running: 1,
  late: 2,
  late_share: 0.25,
  median_seconds: 3_600,
  ninetieth_seconds: 18_000,
};

describe("a figure about clocks", () => {
  it("says which cases it is of", () => {
    expect(groupWords(figure)).toBe("data leakage, opened by IT security");
    expect(groupWords({ ...figure, of: "all", kind: null, department: null })).toBe("all");
    expect(groupWords({ ...figure, of: "rest", kind: null })).toBe("the rest, together");
    expect(groupWords({ ...figure, clock: "triage", kind: "leakage", department: null })).toBe(
      "leakage, taken by nobody yet",
    );
  });

  it("can be read instead of seen", () => {
    expect(sentence(figure)).toBe(
      "data leakage, opened by IT security: 8 cases, half within 1 h, nine in ten within 5 h, 25 % late",
    );
    expect(sentence({ ...figure, median_seconds: null, ninetieth_seconds: null })).toContain(
      "too few are over",
    );
  });

  it("has a scale also when nothing is over", () => {
    expect(longest([])).toBe(60);
    expect(longest([figure])).toBe(18_000);
    expect(spanWords(null)).toBe("–");
    expect(percent(1 / 3)).toBe("33 %");
  });
});
