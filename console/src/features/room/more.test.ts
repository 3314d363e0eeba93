import { describe, expect, it } from "vitest";
import type { Case } from "../../api/cases";
import { extras, goesAlong } from "./more";

const alerts = {
  a: { id: "a", subject: "S-1", raised: 0, detectors: [] },
  b: { id: "b", subject: "S-1", raised: 0, detectors: [] },
  c: { id: "c", subject: "S-2", raised: 0, detectors: [] },
};

function make(over: Partial<Case> = {}): Case {
  return {
    state: "investigating",
    merged_into: null,
    subjects: ["S-1", "S-2"],
    alerts,
    proposals: {},
    marks: { pauses: [] },
    ...over,
  } as unknown as Case;
}

describe("what a lead can do beside the usual steps", () => {
  it("depends on where the case stands", () => {
    expect(extras(make())).toEqual(["merge", "split", "reclassify", "pause"]);
    expect(extras(make({ subjects: [], alerts: {} }))).toEqual(["merge", "reclassify", "pause"]);
    expect(extras(make({ state: "decided" }))).toEqual(["reconsider", "reclassify", "pause"]);
    expect(extras(make({ state: "closed" }))).toEqual([]);
    expect(extras(make({ merged_into: "C-2026-0002" }))).toEqual([]);
  });

  it("does not move a case that is being voted on", () => {
    const proposals = { p: { standing: "open" } } as unknown as Case["proposals"];
    expect(extras(make({ proposals }))).toEqual(["reclassify", "pause"]);
  });

  it("lets paused clocks go on", () => {
    const marks = { pauses: [{ from: 0, until: null, why: "authority" }] } as unknown as Case["marks"];
    expect(extras(make({ marks }))).toContain("resume");
  });
});

describe("what is split off", () => {
  it("takes every alert of its subjects along", () => {
    const ids = (subjects: string[], picked: string[]) =>
      goesAlong(make(), subjects, picked).map(({ id }) => id);
    expect(ids(["S-1"], [])).toEqual(["a", "b"]);
    expect(ids([], ["c"])).toEqual(["c"]);
    expect(ids(["S-1"], ["c"])).toEqual(["a", "b", "c"]);
  });
});
