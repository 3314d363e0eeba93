import { useState } from "react";
import { type StepView, useRunCommand } from "../../api/runs";
import { Tag } from "../../ui/bits";
import { Failure } from "../../ui/states";
import { instant, time } from "../../words/format";
import { dueWords } from "../room/clocks";
import { useNow } from "../room/room";
import { Asking, SAYS } from "./Asking";
import { Call } from "./Call";
import { STATUS } from "./Graph";
import styles from "./Run.module.css";
import { type Asker, isApproved, type Move, moves, undoMoves } from "./rights";

/** Moves that need no more than the click. */
const AT_ONCE: Partial<Record<Move, string>> = {
  take: "take",
  release: "release",
  done: "done",
  dryRun: "request_dry_run",
  action: "request_action",
  actionAgain: "request_action",
};

/** A step that waits: what it is, whose it is, what can be done. */
export function WaitingStep({
  run,
  of,
  view,
  asker,
  ways,
}: {
  run: string;
  /** The case. */
  of: string;
  view: StepView;
  asker: Asker;
  /** The ways a choice has, as the graph names them. */
  ways: string[];
}) {
  const { step, state } = view;
  const { buttons, below } = useMoves({ run, view, open: moves(view, asker), asker, ways });
  const now = useNow();
  const approved = isApproved(view);
  return (
    <li className={styles.step} data-step={step.id} data-status={state.status}>
      <div className="head">
        <h3>{step.name ?? step.id}</h3>
        {buttons}
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
      {step.run && <Call view={view} of={of} />}
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
      {below}
    </li>
  );
}

/** A step that is behind: what came of it, and taking it back. */
export function PastStep({
  run,
  of,
  view,
  asker,
}: {
  run: string;
  of: string;
  view: StepView;
  asker: Asker;
}) {
  const { id, step, state } = view;
  const open = undoMoves(view, asker);
  const { buttons, below } = useMoves({ run, view, open, asker, ways: [] });
  return (
    <li className={styles.step} data-step={id} data-status={state.status}>
      <div className="head">
        <span className="row">
          <span>{step.name ?? id}</span>
          <Tag>{STATUS[state.status]}</Tag>
          {state.undo?.answer?.[0] && <Tag>taken back</Tag>}
          {state.reason && <span className="muted small">{state.reason}</span>}
        </span>
        {buttons}
      </div>
      {step.run && <Call view={view} of={of} />}
      {open.length > 0 && step.undo?.do && <p className={styles.prose}>To take it back: {step.undo.do}</p>}
      {state.undo?.answer && <p className="small">Taking it back: {state.undo.answer[1]}</p>}
      {below}
    </li>
  );
}

/** The buttons of what can be done, and what they lead to: a question, or the server's refusal. */
function useMoves({
  run,
  view,
  open,
  asker,
  ways,
}: {
  run: string;
  view: StepView;
  open: Move[];
  asker: Asker;
  ways: string[];
}) {
  const { step } = view;
  const [asking, setAsking] = useState<Move | null>(null);
  const command = useRunCommand(run);
  const buttons = (
    <span className="row">
      {open.map((move, at) => (
        <button
          key={move}
          type="button"
          className={at === 0 && move !== "undo" ? "primary" : undefined}
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
  );
  const below = (
    <>
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
    </>
  );
  return { buttons, below };
}
