import { describe, expect, it } from "vitest";
import { fromField, rangeWords, resolved, toField, wrong } from "./range";

const NOW = Date.parse("2026-05-04T08:15:30.250Z");

describe("a stretch that ends now", () => {
  it("is of whole days, today's among them", () => {
    expect(resolved({}, NOW)).toEqual({ from: "2026-04-05", to: "2026-05-04" });
    expect(resolved({ last: "7d" }, NOW)).toEqual({ from: "2026-04-28", to: "2026-05-04" });
    expect(resolved({ last: "nonsense" }, NOW)).toEqual(resolved({ last: "30d" }, NOW));
  });

  it("of 24 hours is of whole minutes, this one among them", () => {
    expect(resolved({ last: "24h" }, NOW)).toEqual({
      from: "2026-05-03T08:15:00Z",
      to: "2026-05-04T08:16:00Z",
    });
  });

  it("gives way to bounds, and has none for any time", () => {
    expect(resolved({ last: "7d", from: "2026-01-01" }, NOW)).toEqual({ from: "2026-01-01", to: undefined });
    expect(resolved({ last: "any" }, NOW)).toEqual({});
  });
});

describe("bounds of one's own", () => {
  it("are days where they are all of a day, else whole minutes", () => {
    for (const bound of ["2026-05-04", "2026-05-04T10:00:00Z"])
      expect(fromField(toField(bound, false), false)).toBe(bound);
    for (const bound of ["2026-05-04", "2026-05-04T10:59:59.999999Z"])
      expect(fromField(toField(bound, true), true)).toBe(bound);
    expect(fromField("", false)).toBeUndefined();
    expect(toField("nonsense", false)).toBe("");
  });

  it("must begin before they end; one day is enough", () => {
    expect(wrong({ from: "2026-05-04", to: "2026-05-04" })).toBe("");
    expect(wrong({ from: "2026-05-05", to: "2026-05-04" })).not.toBe("");
    expect(wrong({ from: "yesterday" })).not.toBe("");
    expect(wrong({})).toBe("");
  });

  it("are said as people read them", () => {
    expect(rangeWords({})).toBe("any time");
    expect(rangeWords({ from: "2026-05-04", to: "2026-05-04" })).toBe("2026-05-04");
    expect(rangeWords({ from: "2026-05-03T08:15:00Z", to: "2026-05-03T08:59:59.999999Z" })).toBe(
      "2026-05-03 08:15:00 to 2026-05-03 08:59:59",
    );
    expect(rangeWords({ to: "2026-05-04" })).toBe("until 2026-05-04");
  });
});
