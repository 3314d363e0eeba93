import { describe, expect, it } from "vitest";
import { age, bytes, count, counted, decibans, instant, lasting, odds, tenths, tenure, time } from "./format";
import { groupTags, impactWords, said } from "./labels";

describe("numbers and times", () => {
  it("are said as people read them", () => {
    expect(count(1234567)).toBe("1\u202f234\u202f567");
    expect(counted(1, "alert")).toBe("1 alert");
    expect(counted(0, "alert")).toBe("0 alerts");
    expect(bytes(999)).toBe("999 B");
    expect(bytes(1_500_000)).toBe("1.5 MB");
    expect(time("2026-05-04T08:15:30.5Z")).toBe("2026-05-04 08:15:30");
    expect(time(null)).toBe("–");
  });

  it("have a sign where it matters and never a negative zero", () => {
    expect(decibans(-12.34)).toBe("−12.3 dB");
    expect(decibans(4)).toBe("+4.0 dB");
    expect(tenths(-0.04)).toBe("0.0");
  });

  it("turn decibans into odds", () => {
    expect(odds(-30)).toBe("1 to 1\u202f000");
    expect(odds(-6)).toBe("1 to 4");
    expect(odds(0)).toBe("even");
    expect(odds(10)).toBe("10 to 1");
  });

  it("say how long", () => {
    expect(tenure(12)).toBe("12 days");
    expect(tenure(400)).toBe("13 months");
    expect(tenure(4000)).toBe("10 years");
    expect(age(0.2)).toBe("today");
    expect(age(3.2)).toBe("3 days ago");
    expect(age(null)).toBe("");
    const minutes = (n: number) => lasting(n * 60_000_000);
    expect([0.5, 3, 60, 125].map(minutes)).toEqual(["under a minute", "3 min", "1 h", "2 h 5 min"]);
    expect([1440, 1500, 4 * 1440 + 90].map(minutes)).toEqual(["1 day", "1 day 1 h", "4 days"]);
    expect(lasting(-5)).toBe("under a minute");
    expect(instant(60_000_000)).toBe("1970-01-01T00:01:00.000Z");
  });
});

describe("names", () => {
  it("are plain", () => {
    expect(said("slow_burn")).toBe("slow burn");
    expect(said("works_council")).toBe("works council");
    expect(impactWords(3)).toBe("3 of 3, crown jewels");
  });

  it("hide which human-side group there is", () => {
    const tags = groupTags(["behaviour", "hotline", "employment"]);
    expect(tags.map((tag) => tag.text)).toEqual(["departure from usual", "human-side context present"]);
  });
});
