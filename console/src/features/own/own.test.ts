import { describe, expect, it } from "vitest";
import type { Contest } from "../../api/own";
import { byMonth, keptWords, lookWords, matter, queue, standing } from "./own";

const make = (over: Partial<Contest> = {}): Contest => ({
  id: "1",
  subject: null,
  want: "contest",
  indicator: null,
  fact: "my department",
  text: "it is another",
  received: "2026-05-04T08:00:00Z",
  due: "2026-06-04T23:59:59Z",
  extended: false,
  overdue: false,
  state: "received",
  answer: null,
  ...over,
});

describe("what Tandem knows about me", () => {
  it("shows each source by month, with a nought where there was nothing", () => {
    const { months, rows } = byMonth([
      { source: "doors", months: [{ month: "2026-05", count: 3 }] },
      { source: "mail", months: [{ month: "2026-04", count: 2 }] },
    ]);
    expect(months).toEqual(["2026-04", "2026-05"]);
    expect(rows.map((row) => row.counts)).toEqual([
      [0, 3],
      [2, 0],
    ]);
  });

  it("says how often others looked and whether the name was shown", () => {
    expect(lookWords([])).toContain("Nobody");
    const looks = [
      { month: "2026-05", purpose: "triage", looks: 2, names: 0 },
      { month: "2026-05", purpose: "investigation", looks: 1, names: 1 },
    ];
    expect(lookWords(looks)).toBe("There were 3 looks under your pseudonym. Your name was shown 1 time.");
  });

  it("says that no period is set where none is", () => {
    expect(keptWords(400)).toBe("400 days");
    expect(keptWords(null)).toBe("no period is set");
  });

  it("says where a contest stands", () => {
    expect(standing(make())).toBe("received; an answer is due by 2026-06-04");
    expect(standing(make({ overdue: true }))).toContain("late");
    expect(standing(make({ answer: { answer: "upheld", reason: "so" }, state: "answered" }))).toBe(
      "answered: upheld",
    );
    expect(matter(make({ fact: null, indicator: "i" }), new Map([["i", "A night"]]))).toBe("A night");
  });

  it("puts what is due first before what is answered", () => {
    const list = [
      make({ id: "1", state: "answered", due: "2026-01-01T00:00:00Z" }),
      make({ id: "2", due: "2026-07-01T00:00:00Z" }),
      make({ id: "3" }),
    ];
    expect(queue(list).map((one) => one.id)).toEqual(["3", "2", "1"]);
  });
});
