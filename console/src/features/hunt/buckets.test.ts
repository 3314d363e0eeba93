import { describe, expect, it } from "vitest";
import type { HuntDay } from "../../api/hunt";
import { type Bucket, bucketed, bucketWords, narrowed } from "./buckets";

const day = (name: string, hours: Record<number, number>): HuntDay => {
  const all = Array.from({ length: 24 }, (_, hour) => hours[hour] ?? 0);
  return { kind: "day", day: name, hits: all.reduce((sum, n) => sum + n, 0), hours: all };
};
const at = (buckets: Bucket[], key: string) => buckets.find((bucket) => bucket.key === key);
const DAYS = [day("2026-05-04", { 9: 3, 10: 2 }), day("2026-05-02", { 23: 7 })];

describe("bars", () => {
  it("are days of all the stretch, also those without hits", () => {
    const { unit, buckets } = bucketed(DAYS, { from: "2026-04-30", to: "2026-05-05" }, true);
    expect(unit).toBe("day");
    expect(buckets.map(({ key, hits }) => `${key} ${hits}`)).toEqual([
      "2026-04-30 0",
      "2026-05-01 0",
      "2026-05-02 7",
      "2026-05-03 0",
      "2026-05-04 5",
      "2026-05-05 0",
    ]);
  });

  it("say which days are not counted yet while the search runs", () => {
    const { buckets } = bucketed(DAYS, { from: "2026-04-30", to: "2026-05-04" }, false);
    expect(buckets.filter(({ known }) => known).map(({ key }) => key)).toEqual(["2026-05-02", "2026-05-04"]);
  });

  it("are hours up to three days, and days from then on", () => {
    const three = bucketed(DAYS, { from: "2026-05-02", to: "2026-05-04" }, true);
    expect(three.unit).toBe("hour");
    expect(three.buckets).toHaveLength(72);
    expect(at(three.buckets, "2026-05-02T23")?.hits).toBe(7);
    expect(at(three.buckets, "2026-05-04T09")?.hits).toBe(3);
    expect(bucketed(DAYS, { from: "2026-05-01", to: "2026-05-04" }, true).unit).toBe("day");
  });

  it("add up to all hits, whatever they are", () => {
    const long = [day("2024-01-31", { 1: 4 }), day("2024-02-01", { 1: 1 }), ...DAYS];
    for (const range of [{}, { from: "2024-01-01", to: "2026-05-04" }]) {
      const { unit, buckets } = bucketed(long, range, true);
      expect(unit).toBe("month");
      expect(buckets.reduce((sum, { hits }) => sum + hits, 0)).toBe(17);
      expect(at(buckets, "2024-01")?.hits).toBe(4);
    }
  });

  it("without bounds reach as far as days with hits were found, and there are none without any", () => {
    const { buckets } = bucketed([...DAYS, day("2026-04-20", { 1: 1 })], {}, true);
    expect([buckets[0]?.key, buckets.at(-1)?.key]).toEqual(["2026-04-20", "2026-05-04"]);
    expect(bucketed([], {}, true).buckets).toEqual([]);
  });
});

describe("narrowing", () => {
  it("to a day, an hour and a month names just it, as the API takes bounds", () => {
    const days = bucketed(DAYS, { from: "2026-04-01", to: "2026-05-04" }, true).buckets;
    const one = at(days, "2026-05-02") as Bucket;
    expect(narrowed(one, one)).toEqual({ from: "2026-05-02", to: "2026-05-02" });
    const hours = bucketed(DAYS, { from: "2026-05-02", to: "2026-05-02" }, true).buckets;
    const last = at(hours, "2026-05-02T23") as Bucket;
    expect(narrowed(last, last)).toEqual({ from: "2026-05-02T23:00:00Z", to: "2026-05-02T23:59:59.999999Z" });
    const months = bucketed(DAYS, { from: "2024-01-01", to: "2026-05-04" }, true).buckets;
    const month = at(months, "2024-02") as Bucket;
    expect(narrowed(month, month)).toEqual({ from: "2024-02-01", to: "2024-02-29" });
  });

  it("goes from the earlier to the later bar, whichever was touched first", () => {
    const { buckets } = bucketed(DAYS, { from: "2026-04-01", to: "2026-05-04" }, true);
    const [one, other] = [at(buckets, "2026-04-10") as Bucket, at(buckets, "2026-05-02") as Bucket];
    const wanted = { from: "2026-04-10", to: "2026-05-02" };
    expect(narrowed(one, other)).toEqual(wanted);
    expect(narrowed(other, one)).toEqual(wanted);
  });

  it("never goes beyond what was asked", () => {
    const range = { from: "2026-05-03T08:15:00Z", to: "2026-05-04T08:16:00Z" };
    const { buckets } = bucketed(DAYS, range, true);
    const [first, last] = [buckets[0] as Bucket, buckets.at(-1) as Bucket];
    expect([first.key, last.key]).toEqual(["2026-05-03T08", "2026-05-04T08"]);
    expect(narrowed(first, last)).toEqual(range);
  });

  it("to an hour shows that hour again", () => {
    const range = { from: "2026-05-04T09:00:00Z", to: "2026-05-04T09:59:59.999999Z" };
    const { unit, buckets } = bucketed(DAYS, range, true);
    expect(unit).toBe("hour");
    expect(buckets.map(({ key, hits }) => [key, hits])).toEqual([["2026-05-04T09", 3]]);
    expect(narrowed(buckets[0] as Bucket, buckets[0] as Bucket)).toEqual(range);
  });

  it("is said in words", () => {
    expect(bucketWords({ key: "2026-05-04T09" })).toBe("2026-05-04 09:00");
    expect(bucketWords({ key: "2026-05-04" })).toBe("2026-05-04");
  });
});
