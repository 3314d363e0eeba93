/** What somebody can do with a step as it stands, so that only that is offered. The server decides; this only saves a refusal. */
import type { Department } from "../../api/cases";
import type { StepView } from "../../api/runs";

export type Move =
  | "take"
  | "release"
  | "answer"
  | "done"
  | "fail"
  | "skip"
  | "retry"
  | "decide"
  | "approve"
  | "dryRun"
  | "dryRunReport"
  | "action"
  | "actionReport"
  | "actionAgain"
  | "byHand"
  | "undo"
  | "undoReport";

export interface Asker {
  account: string;
  department: Department | null;
  /** Runs playbooks: a member of the case, not somebody who only answers what waits for their word. */
  works: boolean;
}

/** Both departments agree, by two different people. */
export function isApproved({ state }: StepView): boolean {
  const by = (department: Department) => state.approvals.find((a) => a.department === department);
  const it = by("it");
  const corporate = by("corporate");
  return it !== undefined && corporate !== undefined && it.who !== corporate.who;
}

/** It waits for the word of the asker's department, and the asker may give it. */
export function mayApprove(view: StepView, asker: Asker): boolean {
  const { step, state } = view;
  return (
    step.touches_person === true &&
    asker.department !== null &&
    state.taken_by !== asker.account &&
    !state.approvals.some((a) => a.department === asker.department || a.who === asker.account) &&
    (state.status === "offered" || state.status === "taken")
  );
}

/** A connector has the last thing that was asked. */
const isAsked = ({ act }: StepView) => act !== null && act.state !== null;

/** What can be done about a step that is done: taking it back. */
export function undoMoves(view: StepView, asker: Asker): Move[] {
  const { step, state } = view;
  const did = step.run ? state.action?.answer?.[0] === true : state.status === "done";
  if (!asker.works || !step.undo || !did || state.undo?.answer?.[0]) return [];
  if (!state.undo) return ["undo"];
  const open = !state.undo.answer;
  if (!isAsked(view)) return [open ? "undoReport" : "undo"];
  if (open) return view.act?.state === "sending" ? [] : ["byHand"];
  return ["undo", "byHand"];
}

/** What can be done while a connector has the step, or after it failed. */
function actMoves(view: StepView): Move[] {
  const { state, act } = view;
  if (state.status === "failed" && state.held) return ["actionAgain", "byHand", "fail"];
  const runs = state.status === "running" && state.action?.answer === null;
  const tries = state.status === "offered" && state.dry_run !== null && !state.dry_run.answer?.[0];
  if (!isAsked(view)) return [];
  return (runs || tries) && act?.state !== "sending" ? ["byHand"] : [];
}

/** The moves that are open, the usual one first. */
export function moves(view: StepView, asker: Asker): Move[] {
  const { step, state, stuck } = view;
  const found: Move[] = [];
  if (mayApprove(view, asker)) found.push("approve");
  const theirs = step.department === "it" || step.department === "corporate";
  const apart = state.approvals.some((a) => a.who === asker.account);
  if (!asker.works || (theirs && step.department !== asker.department)) return found;
  const approved = step.touches_person !== true || isApproved(view);
  if ((stuck && !state.held) || state.status === "refused") found.push("retry");
  if (state.status === "asking") found.push("decide");
  const asked = isAsked(view);
  if (state.status === "running" && state.action && !state.action.answer && !asked)
    found.push("actionReport");
  if (step.run && state.status === "offered") {
    if (state.dry_run && !state.dry_run.answer) {
      if (!asked) found.push("dryRunReport");
    } else if (step.run.dry_run && !state.dry_run?.answer?.[0]) found.push("dryRun");
    else if (approved && !apart) found.push("action");
  }
  found.push(...actMoves(view).filter((move) => move === "fail" || !apart));
  if (step.do !== undefined) {
    if (state.status === "offered" && !apart) found.push("take");
    if (state.status === "taken" && state.taken_by === asker.account) {
      const open = (step.form ?? []).length > 0 && !state.answered;
      if (open) found.push("answer");
      else if (approved) found.push("done");
      found.push("fail", "release");
    }
  }
  const mustHappen = step.support === true || (step.checkpoint ?? []).length > 0;
  if (!mustHappen && (state.status === "offered" || state.status === "taken" || stuck)) found.push("skip");
  return found;
}
