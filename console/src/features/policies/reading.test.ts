import { describe, expect, it } from "vitest";
import type { PolicySet } from "../../api/policies";
import { grantWords, isFiltered, lines, opened, pageOf, purposeWords, situationWords } from "./reading";

const PURPOSES = [
  { id: "none", means: "no purpose" },
  { id: "triage", means: "triage" },
  { id: "investigation", means: "an investigation" },
  { id: "audit", means: "an audit" },
];
const SITUATIONS = ["a", "b", "c", "d"].map((id) => ({ id, means: `when ${id}` }));

describe("a row of the table", () => {
  it("names purposes as one says them", () => {
    expect(purposeWords(["triage"], PURPOSES)).toBe("for triage");
    expect(purposeWords(["triage", "investigation", "audit"], PURPOSES)).toBe(
      "for triage, an investigation or an audit",
    );
    expect(purposeWords(["none", "triage"], PURPOSES)).toBe("without a purpose, or for triage");
    expect(purposeWords(["none"], PURPOSES)).toBe("without a purpose");
    expect(
      purposeWords(
        PURPOSES.map(({ id }) => id),
        PURPOSES,
      ),
    ).toBe("whatever the purpose");
  });

  it("names the shorter list of situations", () => {
    expect(situationWords(["a", "b", "c", "d"], SITUATIONS)).toBe("in every situation");
    expect(situationWords(["a", "b", "c"], SITUATIONS)).toBe("in every situation but: when d");
    expect(situationWords(["a", "d"], SITUATIONS)).toBe("only: when a; when d");
    const grant = { purposes: ["audit"], situations: ["b"] };
    expect(grantWords(grant, { purposes: PURPOSES, situations: SITUATIONS })).toBe(
      "for an audit, only: when b",
    );
  });
});

describe("the address", () => {
  const file = (name: string, id: string): PolicySet["files"][number] => ({
    name,
    state: "shipped",
    text: "",
    diff: null,
    policies: [{ id, why: "", allows: true, line: 1, last: 2 }],
  });
  const set: PolicySet = {
    folder: null,
    setting: "content.policies",
    files: [file("a.cedar", "one"), file("b.cedar", "two")],
    left_out: [],
    invariants: [],
    accounts: [],
  };

  it("opens a policy in its file, or a file alone, or nothing", () => {
    expect(opened(set, { policy: "two" })?.file.name).toBe("b.cedar");
    expect(opened(set, { file: "a.cedar" })).toEqual({ file: set.files[0] });
    expect(opened(set, { file: "a.cedar", policy: "gone" })).toBeNull();
    expect(opened(set, {})).toBeNull();
  });

  it("stays within the pages that there are", () => {
    expect(pageOf({}, 90)).toBe(0);
    expect(pageOf({ page: "2" }, 90)).toBe(2);
    expect(pageOf({ page: "9" }, 90)).toBe(2);
    expect(pageOf({ page: "-1" }, 90)).toBe(0);
    expect(pageOf({ page: "x" }, 90)).toBe(0);
    expect(pageOf({ page: "3" }, 0)).toBe(0);
    expect(isFiltered({ tab: "files" })).toBe(false);
    expect(isFiltered({ class: "identity" })).toBe(true);
  });
});

it("numbers the lines that a text has", () => {
  expect(lines("a\n\nb\n")).toEqual(["a", "", "b"]);
});
