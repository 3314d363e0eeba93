import { describe, expect, it } from "vitest";
import {
  type Act,
  again,
  type Field,
  type RunView,
  type Step,
  type StepState,
  type StepView,
} from "../../api/runs";
import { answersOf, missing } from "./Form";
import { lines, tone } from "./Graph";
import { isApproved, mayApprove, moves, undoMoves } from "./rights";

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
  held: false,
  ...over,
});
const view = (step: Partial<Step>, over: Partial<StepState> = {}): StepView => ({
  id: "s",
  step: { id: "s", ...step },
  state: state(over),
  stuck: false,
  act: null,
});
const withAct = (of: StepView, act: Act["state"]): StepView => ({
  ...of,
  act: {
    connector: "directory",
    dry_run: true,
    undo: true,
    needs_disclosure: false,
    state: act,
    attempts: 0,
    error: null,
    doubt: false,
  },
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
    const asked = { key: "k", call: null, answer: null, by_hand: false };
    expect(moves(view({ run }, { dry_run: asked }), ines)[0]).toBe("dryRunReport");
    expect(moves(view({ run }, { dry_run: { ...asked, answer: [true, "3"] } }), ines)[0]).toBe("action");
    expect(moves(view({ run }, { status: "running", action: asked }), ines)[0]).toBe("actionReport");
  });
});

describe("a step that a connector carries out", () => {
  const run = { connector: "directory", operation: "limit", dry_run: true };
  const asked = { key: "k", call: null, answer: null, by_hand: false };

  it("is not answered by people while the connector has it, but can be done by hand", () => {
    const running = view({ run }, { status: "running", action: asked });
    expect(moves(withAct(running, "waiting"), ines)).toEqual(["byHand"]);
    expect(moves(withAct(running, "sending"), ines)).toEqual([]);
    expect(moves(withAct(running, null), ines)).toEqual(["actionReport"]);
    const trying = view({ run }, { dry_run: asked });
    expect(moves(withAct(trying, "waiting"), ines)).toEqual(["byHand", "skip"]);
  });

  it("that failed is asked once more, done by hand or given up, but not by who approved it", () => {
    const answer: [boolean, string] = [false, "no such group"];
    const state = { status: "failed", held: true, action: { ...asked, answer } } as const;
    const failed = { ...withAct(view({ run, checkpoint: ["legal"] }, state), "sent"), stuck: true };
    expect(moves(failed, ines)).toEqual(["actionAgain", "byHand", "fail"]);
    const approvals = [yes("ines", "it"), yes("carl", "corporate")];
    expect(moves({ ...failed, state: { ...failed.state, approvals } }, ines)).toEqual(["fail"]);
  });

  it("is taken back when it is done, once, and by members only", () => {
    const undo = { run: { connector: "directory", operation: "restore" } };
    const done = view({ run, undo }, { status: "done", action: { ...asked, answer: [true, "3"] } });
    expect(undoMoves(withAct(done, "sent"), ines)).toEqual(["undo"]);
    expect(undoMoves(withAct(done, "sent"), ada)).toEqual([]);
    const open = { ...done, state: { ...done.state, undo: asked } };
    expect(undoMoves(withAct(open, "waiting"), ines)).toEqual(["byHand"]);
    expect(undoMoves(open, ines)).toEqual(["undoReport"]);
    const failed: [boolean, string] = [false, "gone"];
    const back: [boolean, string] = [true, "restored"];
    const tried = { ...done, state: { ...done.state, undo: { ...asked, answer: failed } } };
    expect(undoMoves(withAct(tried, "sent"), ines)).toEqual(["undo", "byHand"]);
    const undone = { ...done, state: { ...done.state, undo: { ...asked, answer: back } } };
    expect(undoMoves(withAct(undone, "sent"), ines)).toEqual([]);
    expect(undoMoves(view({ do: "talk" }, { status: "done" }), ines)).toEqual([]);
  });
});

describe("a run", () => {
  const run = (active: StepView[]) => ({ active, past: [] }) as unknown as RunView;
  const asked = withAct(view({}), "waiting");

  it("is read again by itself only while a connector has something to do", () => {
    expect(again(run([view({}), withAct(view({}), "sent"), withAct(view({}), "held")]))).toBe(false);
    expect(again(run([view({}), asked]))).toBe(2_000);
    expect(again(run([withAct(view({}), "sending")]))).toBe(2_000);
  });

  it("is read seldom while the connector does not answer: every reading is a look", () => {
    const late = { ...asked, act: asked.act && { ...asked.act, attempts: 3 } };
    expect(again(run([late]))).toBe(60_000);
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
