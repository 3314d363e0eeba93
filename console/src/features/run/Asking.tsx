import { useState } from "react";
import { type RunCommand, type StepView, useRunCommand } from "../../api/runs";
import { Choice } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { answersOf, FormFields, missing, type Typed } from "./Form";
import type { Move } from "./rights";

/** What a move is called on its button. */
export const SAYS: Record<Move, string> = {
  take: "Take it",
  release: "Give it back",
  answer: "Fill in the form…",
  done: "Done",
  fail: "Could not be done…",
  skip: "Leave it out…",
  retry: "Try once more…",
  decide: "Decide…",
  approve: "Yes or no…",
  dryRun: "Ask what it would do",
  dryRunReport: "Say what it would do…",
  action: "Do it now",
  actionReport: "Say what came of it…",
  actionAgain: "Ask the connector once more",
  byHand: "Do it by hand…",
  undo: "Take it back…",
  undoReport: "Say whether it is taken back…",
};

/** Commands that are not called as their move. */
const WORDS: Partial<Record<Move, string>> = { byHand: "by_hand", undo: "request_undo" };

interface AskingProps {
  run: string;
  view: StepView;
  move: Move;
  close: () => void;
  department: string | null;
  ways: string[];
}

/** What a move needs besides the click. */
export function Asking({ run, view, move, close, department, ways }: AskingProps) {
  const { step, state } = view;
  const [text, setText] = useState("");
  const [typed, setTyped] = useState<Typed>({});
  const [choice, setChoice] = useState(move === "decide" ? "" : "yes");
  const command = useRunCommand(run);
  const fields = move === "answer" ? (step.form ?? []) : move === "actionReport" ? (step.outputs ?? []) : [];
  const reports = move === "actionReport" || move === "dryRunReport" || move === "undoReport";
  const ok = choice === "yes";
  const needed = reports && !ok ? [] : missing(fields, typed);
  const lacks =
    needed.length > 0
      ? `Fill in: ${needed.join(", ")}.`
      : move === "decide" && choice === ""
        ? "Choose the way first."
        : move !== "answer" && text.trim() === ""
          ? "Say why or what, in a line, first."
          : "";
  const built = (): RunCommand => {
    const base = { step: step.id };
    const reason = text.trim();
    if (move === "answer") return { command: "answer", ...base, answers: answersOf(fields, typed) };
    if (move === "decide") return { command: "decide", ...base, branch: choice, reason };
    if (move === "approve") return { command: ok ? "approve" : "refuse", ...base, reason };
    if (move === "dryRunReport")
      return { command: "report_dry_run", ...base, key: state.dry_run?.key ?? "", ok, text: reason };
    if (move === "actionReport")
      return {
        command: "report_action",
        ...base,
        key: state.action?.key ?? "",
        ok,
        text: reason,
        outputs: ok ? answersOf(fields, typed) : {},
      };
    if (move === "undoReport")
      return { command: "report_undo", ...base, key: state.undo?.key ?? "", ok, text: reason };
    return { command: WORDS[move] ?? move, ...base, reason };
  };
  // A yes or no is written as truth, a case by its name.
  const branches = ways.map((way) => ({
    id: way === "yes" ? "true" : way === "no" ? "false" : way,
    text: way.replaceAll("_", " "),
  }));
  return (
    <Question
      title={`${SAYS[move].replace("…", "")}: ${step.name ?? step.id}`}
      action="Send"
      missing={lacks}
      sending={command}
      submit={() => command.mutate(built(), { onSuccess: close })}
      close={close}
    >
      {move === "approve" && (
        <p>
          You answer for {department === "it" ? "IT security" : "corporate security"}. It counts for exactly
          what is shown here.
        </p>
      )}
      {(reports || move === "approve") && (
        <Choice
          label={move === "approve" ? "your answer" : "did it go well"}
          value={choice}
          pick={setChoice}
          options={["yes", "no"]}
        />
      )}
      {move === "decide" && (
        <Choice
          label={step.if ?? step.switch ?? "which way"}
          value={choice}
          pick={setChoice}
          options={[{ id: "", text: "choose" }, ...branches]}
        />
      )}
      <FormFields fields={reports && !ok ? [] : fields} typed={typed} change={setTyped} />
      {move !== "answer" && (
        <Words label={reports ? "what came of it" : "why"} value={text} change={setText} most={2000} />
      )}
    </Question>
  );
}
