import { describe, expect, it } from "vitest";
import type { Picture } from "../api/departures";
import { amount, pictureWords, spread, top } from "./picture";

const days: Picture = {
  kind: "days",
  unit: "acts",
  value: 40,
  history: Array.from({ length: 20 }, (_, n) => ({
    day: `2026-04-${String(n + 1).padStart(2, "0")}`,
    value: n % 5,
  })),
  band: { low: 0, usual: 2, high: 4 },
  peers: { people: 12, quantiles: [0, 1, 2, 3, 6.5] },
  own_hours: null,
  peer_hours: null,
  note: "Counted over the whole day.",
};
const night: Picture = {
  ...days,
  kind: "hours",
  unit: "hour",
  value: 2,
  history: [],
  band: null,
  peers: null,
  own_hours: Array.from({ length: 24 }, (_, hour) => (hour === 2 ? 0.04 : 0.5)),
};

describe("the picture of a departure", () => {
  it("holds everything that is drawn on its scale", () => {
    for (const picture of [
      days,
      { ...days, value: 0, history: [{ day: "2026-04-01", value: 90 }] },
      { ...days, value: 0, history: [], peers: { people: 10, quantiles: [0, 0, 0, 0, 70] } },
      { ...days, value: 0, history: [], band: null, peers: null },
    ]) {
      const end = top(picture);
      expect(end).toBeGreaterThan(0);
      expect(end).toBeGreaterThanOrEqual(picture.value);
      expect(end).toBeGreaterThanOrEqual(picture.peers?.quantiles.at(-1) ?? 0);
      for (const { value } of picture.history) expect(end).toBeGreaterThanOrEqual(value);
    }
  });

  it("says in words what it shows: the day, the own past, the peers", () => {
    expect(pictureWords(days, "2026-05-04")).toBe(
      "2026-05-04: 40. Eight in ten of 20 earlier active days lay between 0 and 4, half of them up to 2. " +
        "Eight in ten days of 12 peers lay between 0 and 6.5, half of them up to 2.",
    );
    expect(pictureWords(night, "2026-05-04")).toBe(
      "2026-05-04: active at 02:00. So on 4 % of its earlier days. Too few peers to be shown.",
    );
  });

  it("shows no peers where they are too few, and no band of hardly any days", () => {
    const few: Picture = { ...days, band: null, peers: null, history: days.history.slice(0, 3) };
    expect(spread(few)).toBeNull();
    expect(pictureWords(few, "2026-05-04")).toContain("Only 3 earlier active days: too few for a band.");
    expect(pictureWords(few, "2026-05-04")).toContain("Too few peers");
    expect(spread(days)).toEqual({ low: 0, lower: 1, middle: 2, upper: 3, high: 6.5 });
  });

  it("says amounts in their unit", () => {
    expect([amount(2, "hour"), amount(23, "hour")]).toEqual(["02:00", "23:00"]);
    expect(amount(1_200_000, "bytes")).toBe("1.2 MB");
    expect([amount(2.5, "acts"), amount(0, "acts"), amount(1234, "items")]).toEqual([
      "2.5",
      "0",
      "1\u202f234",
    ]);
  });
});
