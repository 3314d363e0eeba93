import { describe, expect, it } from "vitest";
import type { Field, Step, StepState, StepView } from "../../api/runs";
import { answersOf, missing } from "./Form";
import { lines, tone } from "./Graph";
import { isApproved, mayApprove, moves } from "./rights";

const state = (over: Partial<StepState> = {}): StepState => ({
  status: "offered",
  visit: 1,
  attempt: 1,
  since: 0,
  due: null,
  escalated: 0,
  taken_by: null,
  answered: false,
  approvals: [],
  dry_run: null,
  action: null,
  undo: null,
  reason: null,
  ...over,
});
const view = (step: Partial<Step>, over: Partial<StepState> = {}): StepView => ({
  id: "s",
  step: { id: "s", ...step },
  state: state(over),
  stuck: false,
});
const ines = { account: "ines", department: "it", works: true } as const;
const carl = { account: "carl", department: "corporate", works: true } as const;
const ada = { account: "ada", department: "it", works: false } as const;
const yes = (who: string, department: "it" | "corporate") => ({ who, department, reason: "fair", at: 1 });

describe("a step", () => {
  it("is taken by its own department only", () => {
    expect(moves(view({ do: "look", department: "it" }), ines)).toEqual(["take", "skip"]);
    expect(moves(view({ do: "look", department: "it" }), carl)).toEqual([]);
  });

  it("is not left out if it is a checkpoint or offers help", () => {
    expect(moves(view({ do: "talk", support: true }), carl)).toEqual(["take"]);
    expect(moves(view({ do: "check", checkpoint: ["legal"] }), carl)).toEqual(["take"]);
  });

  it("asks for its form before it is done", () => {
    const form: Field[] = [{ id: "a", label: "A" }];
    expect(moves(view({ do: "look", form }, { status: "taken", taken_by: "ines" }), ines)[0]).toBe("answer");
    const answered = { status: "taken", taken_by: "ines", answered: true } as const;
    expect(moves(view({ do: "look", form }, answered), ines)[0]).toBe("done");
    expect(moves(view({ do: "look", form }, answered), carl)).toEqual(["skip"]);
  });

  it("on a person needs a yes of each department by two people who do not do it", () => {
    const step = { do: "talk", touches_person: true };
    expect(moves(view(step), ada)).toEqual(["approve"]);
    expect(mayApprove(view(step, { status: "taken", taken_by: "ines" }), ines)).toBe(false);
    const one = view(step, { approvals: [yes("ada", "it")] });
    expect(isApproved(one)).toBe(false);
    expect(mayApprove(one, ada)).toBe(false);
    expect(isApproved(view(step, { approvals: [yes("ada", "it"), yes("ada", "corporate")] }))).toBe(false);
    const both = view(step, { approvals: [yes("ada", "it"), yes("carl", "corporate")] });
    expect(isApproved(both)).toBe(true);
    expect(moves(both, carl)).not.toContain("take");
    expect(moves(both, ines)).toContain("take");
  });

  it("of a connector shows first what it would do, then does it", () => {
    const run = { connector: "directory", operation: "limit", dry_run: true };
    expect(moves(view({ run }), ines)[0]).toBe("dryRun");
    const asked = { key: "k", call: null, answer: null };
    expect(moves(view({ run }, { dry_run: asked }), ines)[0]).toBe("dryRunReport");
    expect(moves(view({ run }, { dry_run: { ...asked, answer: [true, "3"] } }), ines)[0]).toBe("action");
    expect(moves(view({ run }, { status: "running", action: asked }), ines)[0]).toBe("actionReport");
  });
});

describe("a form", () => {
  const fields: Field[] = [
    { id: "open", label: "Open?", type: "bool" },
    { id: "count", label: "How many", type: "number", optional: true },
    { id: "what", label: "What" },
  ];

  it("says what is missing and leaves out what is open", () => {
    expect(missing(fields, { open: "yes" })).toEqual(["What"]);
    expect(answersOf(fields, { open: "no", what: " a share " })).toEqual({ open: false, what: "a share" });
    expect(answersOf(fields, { count: "3" })).toEqual({ count: 3 });
  });
});

describe("the graph", () => {
  it("writes a label in at most two lines", () => {
    expect(lines("Short")).toEqual(["Short"]);
    const long = lines("Is there anything we should know before we write to the person and their manager?");
    expect(long).toHaveLength(2);
    expect(long[1]).toMatch(/…$/);
  });

  it("tells what is behind, what waits and what went wrong apart", () => {
    expect([tone("done"), tone("taken"), tone("failed"), tone("skipped"), tone(null)]).toEqual([
      "done",
      "now",
      "wrong",
      "out",
      "later",
    ]);
  });
});
