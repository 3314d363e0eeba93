import { describe, expect, it } from "vitest";
import { caseNumber } from "../../url";
import { asked, isFiltered } from "./filters";

describe("what is asked of the ledger", () => {
  it("is what the address says, and nothing that is no number", () => {
    expect(asked({ case: " C-2026-0001 ", act: "case.", before: "40" })).toMatchObject({
      case: "C-2026-0001",
      act: "case.",
      before: 40,
    });
    expect(asked({ before: "x", who: " " })).toMatchObject({ before: undefined, who: undefined });
    expect(isFiltered({ before: "40" })).toBe(false);
    expect(isFiltered({ who: "it_analyst" })).toBe(true);
  });
});

describe("a case in the address", () => {
  it("counts only if it is a case's number, since it becomes a header", () => {
    expect(caseNumber("C-2026-0001")).toBe("C-2026-0001");
    for (const wrong of [undefined, "", "C-26-1", "C-2026-0001\n", "x C-2026-0001", "C-2026-1234567890"])
      expect(caseNumber(wrong)).toBeUndefined();
  });
});
