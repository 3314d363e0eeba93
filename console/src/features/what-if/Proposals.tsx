import { useState } from "react";
import { type Knob, type ProposalView, useAnswerProposal, useProposals } from "../../api/risk";
import { Tag } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { Loaded } from "../../ui/states";
import { counted, time } from "../../words/format";
import { said } from "../../words/labels";
import { changedWords } from "./trying";

/** Longest reason the server takes. */
export const REASON_MOST = 2000;

/** Proposals to change settings, and the lines of those that both departments agreed to. */
export function Proposals({ knobs }: { knobs: Knob[] }) {
  const query = useProposals();
  const [answering, setAnswering] = useState<ProposalView | null>(null);
  return (
    <section className="panel stack" aria-label="proposals">
      <h2>Proposals</h2>
      <p className="muted small">
        Somebody of one department proposes, somebody of the other answers. Nothing changes by itself: whoever
        runs the machine puts the lines of an approved proposal into the settings file and starts Tandem
        again.
      </p>
      <Loaded query={query}>
        {({ proposals }) =>
          proposals.length === 0 ? (
            <p className="muted">None yet. Try a setting, look at what it would do, and propose it.</p>
          ) : (
            <ul className="plain stack">
              {proposals.map((one) => (
                <One key={one.id} one={one} knobs={knobs} answer={() => setAnswering(one)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {answering && <Answer one={answering} knobs={knobs} close={() => setAnswering(null)} />}
    </section>
  );
}

function One({ one, knobs, answer }: { one: ProposalView; knobs: Knob[]; answer: () => void }) {
  const { outcome } = one;
  return (
    <li className="stack" data-proposal={one.id} data-status={one.status}>
      <div className="row">
        <b>{one.id}</b>
        <Tag>{one.status}</Tag>
        {one.in_force && <Tag>in force</Tag>}
        {one.outdated && <Tag>settings changed since</Tag>}
        <span className="muted small">
          {one.by}, {said(one.department)}, {time(one.at)}
        </span>
        {one.may_answer && (
          <button type="button" className="primary" onClick={answer}>
            Answer
          </button>
        )}
      </div>
      <ul className="bullets">
        {one.changes.map((change) => (
          <li key={change.key}>{changedWords(change, knobs)}</li>
        ))}
      </ul>
      <p className="break">“{one.reason}”</p>
      <p className="small">
        {outcome.from} to {outcome.to}: {counted(outcome.before, "alert")} as it was, {outcome.after} as it
        would have been, {outcome.both} the same.
      </p>
      {one.answered_by && (
        <p className="small">
          {one.status} by {one.answered_by}, {time(one.answered)}: “{one.answer}”
        </p>
      )}
      {one.lines && (
        <figure>
          <figcaption className="small">For the settings file:</figcaption>
          <pre className="mono scroll">{one.lines}</pre>
        </figure>
      )}
    </li>
  );
}

function Answer({ one, knobs, close }: { one: ProposalView; knobs: Knob[]; close: () => void }) {
  const [approve, setApprove] = useState<boolean | null>(null);
  const [reason, setReason] = useState("");
  const answer = useAnswerProposal();
  const missing =
    approve === null ? "say yes or no" : reason.trim() === "" ? "say why, without naming anybody" : "";
  return (
    <Question
      title={`Answer ${one.id}`}
      action={approve === false ? "Refuse" : "Approve"}
      missing={missing}
      sending={answer}
      submit={() =>
        approve !== null &&
        answer.mutate({ id: one.id, approve, reason: reason.trim() }, { onSuccess: close })
      }
      close={close}
    >
      <ul className="bullets">
        {one.changes.map((change) => (
          <li key={change.key}>{changedWords(change, knobs)}</li>
        ))}
      </ul>
      <fieldset className="row">
        <legend>your answer</legend>
        {[true, false].map((yes) => (
          <label key={String(yes)}>
            <input type="radio" name="answer" checked={approve === yes} onChange={() => setApprove(yes)} />{" "}
            {yes ? "yes, use it" : "no"}
          </label>
        ))}
      </fieldset>
      <Words label="why; name nobody" value={reason} change={setReason} most={REASON_MOST} />
    </Question>
  );
}
