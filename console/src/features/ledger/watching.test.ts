import { describe, expect, it } from "vitest";
import type { WatchFinding } from "../../api/watch";
import { kindWords, lacking, rowsOf } from "./watching";

const finding: WatchFinding = {
  id: "W-1",
  kind: "at_night",
  day: "2026-05-04",
  at: "2026-05-04T02:00:00Z",
  who: "ines",
  sentence: "ines looked at 1 subject between midnight and 5 o'clock",
  subject: null,
  rows: [3, 17],
  row_count: 2,
  status: "open",
  answers: [],
};

describe("findings about colleagues", () => {
  it("lead to their rows of the ledger, unless those are kept back", () => {
    expect(rowsOf(finding)).toMatchObject({ who: "ines", before: "18" });
    expect(rowsOf({ ...finding, subject: "S-1" })).toMatchObject({ subject: "S-1" });
    expect(rowsOf({ ...finding, rows: [] })).toBeNull();
  });

  it("are answered with a conclusion and a reason", () => {
    expect(lacking("", "agreed")).toContain("concluded");
    expect(lacking("in_order", "  ")).toContain("found");
    expect(lacking("in_order", "agreed")).toBe("");
  });

  it("have a heading also when they are of a kind that is not known yet", () => {
    expect(kindWords("at_night")).toBe("Looks at night");
    expect(kindWords("something_new")).toBe("Something unusual");
  });
});
