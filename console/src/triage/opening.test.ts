import { describe, expect, it } from "vitest";
import { caseOf, opening } from "./opening";

describe("a case from an alert", () => {
  it("takes its kind from the threat", () => {
    const of = (threat: string | null) => opening({ threat, title: "t", subject: "S-1" }).kind;
    expect(["leakage", "sabotage", "fraud", "misuse", null].map(of)).toEqual([
      "data_leakage",
      "sabotage",
      "fraud",
      "misuse",
      "misuse",
    ]);
  });

  it("names nobody in its title", () => {
    const title = (text: string) => opening({ threat: null, title: text, subject: "S-4K1" }).title;
    expect(title("S-4K1: copies to a stick")).toBe("copies to a stick");
    expect(title("Copies by S-4K1 at night")).toBe("Copies by at night");
    expect(title("x".repeat(300))).toHaveLength(200);
  });
});

describe("an alert's history", () => {
  it("says which case the alert is in", () => {
    expect(caseOf([{ action: "in_progress" }])).toBeUndefined();
    expect(caseOf([{ action: "in case C-2026-0001" }, { action: "closed (benign)" }])).toBe("C-2026-0001");
    expect(caseOf([{ action: "in case C-2026-0001" }, { action: "in case C-2026-0007" }])).toBe(
      "C-2026-0007",
    );
  });
});
