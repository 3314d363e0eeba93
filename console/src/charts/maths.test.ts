import { describe, expect, it } from "vitest";
import { addingUp, bundled, daysBetween, dayTicks, folded, quarters, shade, waterfall, week } from "./maths";

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

describe("a waterfall", () => {
  it("starts at zero, joins bar to bar and ends at the sum", () => {
    const bars = waterfall([-30, 12, 3.5, -4]);
    expect(bars[0]).toEqual({ from: 0, to: -30 });
    expect(bars[2]?.from).toBe(bars[1]?.to);
    expect(bars.at(-1)?.to).toBeCloseTo(-18.5);
  });

  it("shows tenths that add up to the shown score", () => {
    const values = [-30, 4.04, 4.04, 4.04, 4.04, 4.04, 1.26, 0.349];
    const total = sum(values);
    const shown = addingUp(values, total);
    expect(Math.round(sum(shown) * 10)).toBe(Math.round(total * 10));
    for (const [at, value] of shown.entries()) expect(Math.abs(value - (values[at] ?? 0))).toBeLessThan(0.1);
  });

  it("adds up whatever the rows are", () => {
    for (let seed = 1; seed < 60; seed += 1) {
      const values = Array.from({ length: seed }, (_, n) => Math.sin(seed * 7.3 + n * 1.7) * 9);
      expect(Math.round(sum(addingUp(values, sum(values))) * 10)).toBe(Math.round(sum(values) * 10));
    }
  });

  it("still adds up when small rows are folded, and the first and the heaviest stay", () => {
    const rows = Array.from({ length: 30 }, (_, n) => ({ contribution: n - 10 }));
    const short = folded(rows, 12);
    expect(short.kept).toHaveLength(12);
    expect(short.kept[0]).toBe(rows[0]);
    expect(short.kept).toContain(rows[29]);
    expect(short.adding.rows + short.lowering.rows).toBe(18);
    expect(short.lowering.sum).toBeLessThan(0);
    const kept = sum(short.kept.map((row) => row.contribution));
    expect(kept + short.adding.sum + short.lowering.sum).toBe(sum(rows.map((row) => row.contribution)));
  });

  it("folds nothing when hardly a row would be hidden", () => {
    const rows = Array.from({ length: 14 }, () => ({ contribution: 1 }));
    expect(folded(rows, 12)).toMatchObject({ kept: rows, adding: { rows: 0 }, lowering: { rows: 0 } });
  });
});

describe("the hours of a week", () => {
  const shares = Array.from({ length: 168 }, (_, n) => (n === 30 ? 0.5 : 0.01));

  it("have seven days of 24 hours and a largest cell of one", () => {
    const cells = week(shares);
    expect(cells).toHaveLength(7);
    expect(cells[1]).toHaveLength(24);
    expect(cells[1]?.[6]).toBe(1);
    expect(week([])[3]?.[3]).toBe(0);
  });

  it("keep their sum when told in quarters of days", () => {
    expect(sum(quarters(shares).flat())).toBeCloseTo(sum(shares));
    expect(quarters(shares)[1]?.[1]).toBeCloseTo(0.55);
  });
});

describe("days", () => {
  it("are counted across a month's end and a leap year", () => {
    expect(daysBetween("2026-02-27", "2026-03-01")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(daysBetween("2028-02-28", "2028-03-01")).toHaveLength(3);
    expect(daysBetween("2026-03-02", "2026-03-01")).toEqual([]);
  });

  it("get no more labels than there is room for", () => {
    const half = daysBetween("2026-01-10", "2026-07-09");
    expect(dayTicks(half, 8).map((tick) => tick.day)).toEqual([
      "2026-02-01",
      "2026-03-01",
      "2026-04-01",
      "2026-05-01",
      "2026-06-01",
      "2026-07-01",
    ]);
    for (const length of [1, 5, 20, 60, 400]) {
      const days = daysBetween("2026-01-05", "2028-01-05").slice(0, length);
      const ticks = dayTicks(days, 6);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });
});

describe("marks of a timeline", () => {
  it("are bundled by day and kind, oldest first, none lost", () => {
    const marks = [
      { time: "2026-05-02T10:00:00Z", kind: "indicator" },
      { time: "2026-05-01T10:00:00Z", kind: "indicator" },
      { time: "2026-05-02T11:00:00Z", kind: "indicator" },
      { time: "2026-05-02T23:59:59Z", kind: "alert" },
    ];
    const groups = bundled(marks);
    expect(groups.map((g) => [g.day, g.kind, g.marks.length])).toEqual([
      ["2026-05-01", "indicator", 1],
      ["2026-05-02", "indicator", 2],
      ["2026-05-02", "alert", 1],
    ]);
  });

  it("are darker the more there are, and nothing is drawn for none", () => {
    expect(shade(0, 10)).toBe(0);
    expect(shade(1, 1000)).toBeGreaterThan(0.18);
    expect(shade(10, 1000)).toBeGreaterThan(shade(1, 1000));
    expect(shade(1000, 1000)).toBeCloseTo(1);
  });
});
