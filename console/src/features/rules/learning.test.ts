import { describe, expect, it } from "vitest";
import { nameOf, precisionWords } from "./learning";

describe("what verdicts say", () => {
  it("is no share before there are enough of them", () => {
    expect(precisionWords({ precision: null, said: 7 }, 10)).toBe("3 more verdicts needed");
    expect(precisionWords({ precision: { low: 0.018, share: 0.1, high: 0.404 }, said: 10 }, 10)).toBe(
      "10 % (2 % to 40 %)",
    );
  });

  it("names a rule by its title and the rest in words", () => {
    expect(nameOf({ detector: "rule:1", rule: { id: "1", title: "A rule" } })).toBe("A rule");
    expect(nameOf({ detector: "behaviour", rule: null })).toBe("departure from usual");
    expect(nameOf({ detector: "hr:notice_given", rule: null })).toBe("hr: notice given");
  });
});
