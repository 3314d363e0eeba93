import { useState } from "react";
import { type RunCommand, type StepView, useRunCommand } from "../../api/runs";
import { Choice, Tag } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { Failure } from "../../ui/states";
import { instant, time } from "../../words/format";
import { dueWords } from "../room/clocks";
import { useNow } from "../room/room";
import { answersOf, FormFields, missing, type Typed } from "./Form";
import { STATUS } from "./Graph";
import styles from "./Run.module.css";
import { type Asker, isApproved, type Move, moves } from "./rights";

const SAYS: Record<Move, string> = {
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
};

/** Moves that need no more than the click. */
const AT_ONCE: Partial<Record<Move, string>> = {
  take: "take",
  release: "release",
  done: "done",
  dryRun: "request_dry_run",
  action: "request_action",
};

/** A step that waits: what it is, whose it is, what can be done. */
export function WaitingStep({
  run,
  view,
  asker,
  ways,
}: {
  run: string;
  view: StepView;
  asker: Asker;
  /** The ways a choice has, as the graph names them. */
  ways: string[];
}) {
  const { step, state } = view;
  const [asking, setAsking] = useState<Move | null>(null);
  const command = useRunCommand(run);
  const now = useNow();
  const open = moves(view, asker);
  const approved = isApproved(view);
  return (
    <li className={styles.step} data-step={step.id} data-status={state.status}>
      <div className="head">
        <h3>{step.name ?? step.id}</h3>
        <span className="row">
          {open.map((move, at) => (
            <button
              key={move}
              type="button"
              className={at === 0 ? "primary" : undefined}
              disabled={command.isPending}
              aria-label={`${SAYS[move]} ${step.name ?? step.id}`}
              onClick={() => {
                const word = AT_ONCE[move];
                if (word) command.mutate({ command: word, step: step.id });
                else setAsking(move);
              }}
            >
              {SAYS[move]}
            </button>
          ))}
        </span>
      </div>
      <div className="row small muted">
        <Tag>{STATUS[state.status]}</Tag>
        {step.department && <Tag>{step.department === "both" ? "both departments" : step.department}</Tag>}
        {step.checkpoint?.map((mark) => (
          <Tag key={mark}>{mark.replaceAll("_", " ")}</Tag>
        ))}
        {step.support && <Tag human>offers help</Tag>}
        {step.punitive && <Tag>takes something</Tag>}
        {state.taken_by && <span>{state.taken_by} has it</span>}
        {state.due !== null && <span className="nowrap">due {dueWords(state.due, now)}</span>}
        {state.escalated > 0 && <span>escalated {state.escalated} times</span>}
      </div>
      {step.do && <p className={styles.prose}>{step.do}</p>}
      {step.about && <p className="muted small">{step.about}</p>}
      {step.run && <Call view={view} />}
      {step.touches_person && (
        <p className="small">
          {approved
            ? "Both departments agreed."
            : "This acts on a person: a colleague of each department must agree, neither of whom does it."}{" "}
          {state.approvals.map((a) => (
            <span key={a.department} className="nowrap">
              {a.department}: {a.who}, {time(instant(a.at)).slice(0, 16)} ({a.reason}).{" "}
            </span>
          ))}
        </p>
      )}
      {state.reason && <p className="small">Reason: {state.reason}</p>}
      {command.error && <Failure error={command.error} />}
      {asking && (
        <Asking
          run={run}
          view={view}
          move={asking}
          close={() => setAsking(null)}
          department={asker.department}
          ways={ways}
        />
      )}
    </li>
  );
}

/** What a connector shall do, and what it said. */
function Call({ view: { step, state } }: { view: StepView }) {
  const call = state.action?.call ?? state.dry_run?.call;
  const values = call?.parameters ?? step.run?.parameters ?? {};
  return (
    <div className="small">
      <code>
        {step.run?.connector}: {step.run?.operation}
      </code>{" "}
      {Object.entries(values).map(([name, value]) => (
        <span key={name} className="nowrap">
          {name} = {String(value)}{" "}
        </span>
      ))}
      {state.dry_run?.answer && <p>It would: {state.dry_run.answer[1]}</p>}
      {state.action?.answer && <p>It said: {state.action.answer[1]}</p>}
      <p className="muted">
        No connector carries this out yet: somebody does it by hand and says what came of it. The ledger keeps
        who did.
      </p>
    </div>
  );
}

interface AskingProps {
  run: string;
  view: StepView;
  move: Move;
  close: () => void;
  department: string | null;
  ways: string[];
}

/** What a move needs besides the click. */
function Asking({ run, view, move, close, department, ways }: AskingProps) {
  const { step, state } = view;
  const [text, setText] = useState("");
  const [typed, setTyped] = useState<Typed>({});
  const [choice, setChoice] = useState(move === "decide" ? "" : "yes");
  const command = useRunCommand(run);
  const fields = move === "answer" ? (step.form ?? []) : move === "actionReport" ? (step.outputs ?? []) : [];
  const reports = move === "actionReport" || move === "dryRunReport";
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
    return { command: move, ...base, reason };
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
