import { describe, expect, it } from "vitest";
import type { Attribute, CalibrationView, GroupRate, RateAt, Rates } from "../../api/calibration";
import {
  alarms,
  causeSentence,
  groupRatio,
  groupSentence,
  percent,
  rateSentence,
  ratioOf,
  shareWords,
  telling,
  times,
} from "./reading";

const rate = (over: Partial<RateAt> = {}): RateAt => ({
  level: 0.01,
  ranked: 2000,
  seen: 22,
  expected: 20,
  ratio: 1.1,
  low: 0.69,
  high: 1.66,
  reading: "as_promised",
  ...over,
});
const off = rate({ seen: 70, ratio: 3.5, low: 2.7, high: 4.4, reading: "too_often" });
const few = rate({
  ranked: 300,
  seen: 4,
  expected: 3,
  ratio: null,
  low: null,
  high: null,
  reading: "too_few",
});
const rates = (words: string, ...at: RateAt[]): Rates => ({
  id: words,
  words,
  person_days: 2000,
  surprised: 500,
  at,
});
const group = (over: Partial<GroupRate> = {}): GroupRate => ({
  name: "Sales",
  people: 20,
  alerted: 14,
  alerts: 30,
  rate: 0.7,
  low: 0.46,
  high: 0.88,
  rest_rate: 0.1,
  ratio: 7,
  four_fifths: 1 / 7,
  reading: "uneven",
  ...over,
});
const attribute: Attribute = {
  attribute: "department",
  people: 40,
  alerted: 16,
  groups: [group(), group({ name: "Office", alerted: 2, ratio: 0.14, reading: "even" })],
  worst: {
    group: "Sales",
    ratio: 7,
    cause: { kind: "rule", name: "Mass copy", people: 14, group_share: 0.7, rest_share: 0.05 },
  },
};
const view: CalibrationView = {
  from: "2026-02-03",
  to: "2026-05-04",
  days: 91,
  person_days: 2000,
  overall: rates("the day as a whole", rate(), few),
  channels: [rates("print jobs", off), rates("logons", rate())],
  groups: [],
  alerts: 40,
  concluded: 0,
  least: 10,
  prior_cases: 20,
  queues: [],
  detectors: [],
  least_people: 10,
  attributes: [attribute],
};

describe("calibration in words", () => {
  it("says how many there were and how many would be right", () => {
    expect(rateSentence(rate())).toBe(
      "“1 in 100” was said of 22 of 2\u202f000 days, 20 would be right: as promised",
    );
    expect(rateSentence(few)).toBe("“1 in 100”: 300 days, too few to tell (at least 500 are needed)");
  });

  it("names what needs a look, and nothing else", () => {
    const found = alarms(view);
    expect(found).toHaveLength(2);
    expect(found[0]).toContain("print jobs: “1 in 100” was said of 70 of");
    expect(found[1]).toContain(
      "department Sales: 14 of 20 people had an alert, 7.0 times the share of everybody else",
    );
    expect(alarms({ ...view, channels: [], attributes: [] })).toEqual([]);
  });

  it("shows alarms first and leaves out what nothing can be said of", () => {
    const shown = telling(
      [
        rates("a", rate()),
        rates("b", off),
        rates("c", few),
        rates("d", rate({ reading: "rare", ratio: 0.1 })),
      ],
      0,
      10,
    );
    expect(shown.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(ratioOf(rates("b", off), 0)).toMatchObject({ ratio: 3.5, alarm: true, end: "too often" });
    expect(ratioOf(rates("b", off), 1)).toMatchObject({ ratio: null, alarm: false });
  });

  it("says what makes the difference between groups", () => {
    expect(causeSentence(attribute)).toBe(
      "For Sales, most of the difference comes from the rule “Mass copy”: 70 % of them, 5.0 % of everybody else.",
    );
    expect(groupSentence(attribute, group({ ratio: null }))).toContain("while nobody else was alerted");
    expect(groupRatio(attribute, group())).toMatchObject({ alarm: true, end: "uneven" });
    expect(groupRatio(attribute, group({ rest_rate: 0, ratio: null })).low).toBeNull();
  });

  it("says shares and ratios shortly", () => {
    expect([percent(0.7), percent(0.054), percent(0)]).toEqual(["70 %", "5.4 %", "0 %"]);
    expect([times(null), times(0.25), times(12.4)]).toEqual(["–", "0.25 ×", "12 ×"]);
    expect(shareWords({ low: 0.02, share: 0.1, high: 0.4 })).toBe("10 % (2.0 % to 40 %)");
  });
});
