import { describe, expect, it } from "vitest";
import type { MotiveView, PhaseSpan, WayView } from "../../api/risk";
import { howSure, motiveSentences, PHASES, spanWords, waySentence } from "./why";

const motive = (change: Partial<MotiveView>): MotiveView => ({
  named: null,
  unknown: 1,
  causes: [],
  reason: null,
  reason_unknown: 1,
  reasons: [],
  suggests: [],
  partial: false,
  ...change,
});

const span = (change: Partial<PhaseSpan>): PhaseSpan => ({
  from: "2026-05-03",
  to: "2026-05-09",
  phase: "preparation",
  probability: 0.71,
  clear: true,
  ...change,
});

const way = (...spans: PhaseSpan[]): WayView => ({ spans, days: [] });

describe("the motive in words", () => {
  it("says that it does not know, and why", () => {
    expect(motiveSentences(motive({}))[0]).toContain("nothing speaks");
    const said = motive({
      causes: [
        { cause: "negligent", share: 0.2, for: [{ words: "x", decibans: 4, indicators: [] }], against: [] },
      ],
    });
    expect(motiveSentences(said)[0]).toContain("not point clearly");
  });

  it("tells the reason of intent only, and only if it is known", () => {
    expect(motiveSentences(motive({ named: "ignorant" }))).toHaveLength(1);
    expect(motiveSentences(motive({ named: "malicious" }))[1]).toContain("not known");
    expect(motiveSentences(motive({ named: "malicious", reason: "money" }))[1]).toContain("money");
  });
});

describe("the way in words", () => {
  it("says since when and how sure", () => {
    expect(waySentence(way(span({})))).toBe(
      "Since 2026-05-03 very likely preparing: gathers, packs, gets ready.",
    );
    expect(waySentence(way(span({ clear: false, probability: 0.4 })))).toContain("perhaps preparing");
  });

  it("says what came before a return to usual", () => {
    const back = span({ phase: "baseline", from: "2026-05-10", to: "2026-06-01" });
    expect(waySentence(way(span({}), back))).toContain("after preparing until 2026-05-09");
    expect(waySentence(way(back))).toContain("as always");
    expect(waySentence(way())).toContain("Nothing is known");
  });

  it("needs no number to say how sure", () => {
    expect([0.95, 0.75, 0.55, 0.2].map(howSure)).toEqual([
      "almost certainly",
      "very likely",
      "likely",
      "perhaps",
    ]);
    expect(spanWords(span({ to: "2026-05-03" }))).toBe("2026-05-03: very likely preparing");
    expect(PHASES).toHaveLength(6);
  });
});
