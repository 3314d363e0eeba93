import { describe, expect, it } from "vitest";
import { EMPTY_RULE, missingIn, namesIn, wordingOfRule } from "./ruling";

const FULL = { ...EMPTY_RULE, title: " Copies to sticks ", threat: "leakage", stage: "infringement" };

describe("a rule made of a search", () => {
  it("needs a title, what it points to and a stage", () => {
    expect(missingIn(EMPTY_RULE)).toMatch(/title/);
    expect(missingIn({ ...FULL, threat: "" })).toMatch(/points to/);
    expect(missingIn({ ...FULL, stage: "" })).toMatch(/stage/);
    expect(missingIn(FULL)).toBe("");
  });

  it("sends how many and how long only where it counts", () => {
    expect(wordingOfRule(FULL)).toEqual({
      title: "Copies to sticks",
      level: "medium",
      threat: "leakage",
      stage: "infringement",
    });
    const many = { ...FULL, many: true, threshold: "40", minutes: "30", groupBy: "account, device account" };
    expect(wordingOfRule(many)).toMatchObject({
      threshold: 40,
      window_minutes: 30,
      group_by: ["account", "device"],
    });
    expect(wordingOfRule({ ...many, groupBy: " " })).not.toHaveProperty("group_by");
  });

  it("takes whole numbers only, and not one event for many", () => {
    expect(missingIn({ ...FULL, many: true, threshold: "1" })).not.toBe("");
    for (const wrong of ["", "0", "-1", "1.5", "many", "1e3"]) {
      expect(missingIn({ ...FULL, many: true, threshold: wrong })).not.toBe("");
      expect(missingIn({ ...FULL, many: true, minutes: wrong })).not.toBe("");
    }
    expect(namesIn("a,,b  a")).toEqual(["a", "b"]);
  });
});
