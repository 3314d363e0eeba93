import { describe, expect, it } from "vitest";
import type { RuleView } from "../../api/types";
import { found, took } from "./found";

const rule = (id: string, title: string, level: string, matches: number): RuleView => ({
  id,
  title,
  level,
  matches,
  status: "stable",
  logsource: "windows / security",
  techniques: ["T1070"],
  threats: ["sabotage"],
  stage: null,
  work: { evaluations: 3 * matches, matches, micros: 12 },
  file: `rules/${id}.yml`,
});

const RULES = [
  rule("a", "Log cleared", "high", 2),
  rule("b", "Log deleted", "low", 7),
  rule("c", "Stick plugged in", "low", 0),
];

describe("searching rules", () => {
  it("wants every word, wherever it stands", () => {
    expect(found(RULES, "log t1070", "").map((r) => r.id)).toEqual(["b", "a"]);
    expect(found(RULES, "log stick", "")).toEqual([]);
  });

  it("keeps to the level and puts busy rules first", () => {
    expect(found(RULES, "", "low").map((r) => r.id)).toEqual(["b", "c"]);
  });
});

describe("how long rules took", () => {
  it("is said in the unit that fits", () => {
    expect([0, 12, 1_500, 2_000_000].map(took)).toEqual(["–", "12 µs", "1.5 ms", "2.0 s"]);
  });
});
