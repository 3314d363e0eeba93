import { useState } from "react";
import { type Contest, type ContestCommand, useContestCommand, useContests } from "../../api/own";
import { useSession } from "../../session/session";
import { Choice, Tag } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { Empty, Failure, Loaded } from "../../ui/states";
import { time } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Own.module.css";
import { queue } from "./own";

const ANSWERS = [
  { id: "upheld", text: "upheld: they are right" },
  { id: "partly", text: "partly: they are right in part" },
  { id: "rejected", text: "rejected: they are not; tell them that they can complain" },
];

/** What members of staff corrected or contested, for those who owe them an answer. */
export function ContestsPage() {
  const { opens_cases } = useSession().capabilities;
  const query = useContests(opens_cases);
  if (!opens_cases)
    return (
      <div className="page">
        <Empty title="Not for this role">IT security and corporate security answer here.</Empty>
      </div>
    );
  return (
    <div className="page">
      <h1>Contests</h1>
      <p className="muted">
        Members of staff say that a fact or something that was noticed about them is wrong. They get an answer
        with a reason within one month. Nobody answers their own.
      </p>
      <Loaded query={query}>
        {({ contests }) =>
          contests.length === 0 ? (
            <Empty title="Nobody objects">What members of staff correct or contest appears here.</Empty>
          ) : (
            queue(contests).map((one) => <One key={one.id} one={one} />)
          )
        }
      </Loaded>
    </div>
  );
}

function One({ one }: { one: Contest }) {
  const [asking, setAsking] = useState<"extend" | "answer" | null>(null);
  const run = useContestCommand();
  return (
    <article className="panel stack" aria-label={`${one.want} ${one.id}`} data-contest={one.id}>
      <div className="head">
        <h2>
          {said(one.want)}: {one.fact ?? "something that was noticed"}
        </h2>
        <span className="row">
          {one.overdue && <Tag>late</Tag>}
          <Tag>{said(one.state)}</Tag>
        </span>
      </div>
      <p className="muted small break">
        {one.subject && <span className="mono">{one.subject}</span>}, received{" "}
        {time(one.received).slice(0, 16)} UTC, due {one.due.slice(0, 10)}
        {one.extended && " (extended)"}
        {one.indicator && (
          <>
            , about indicator <span className="mono">{one.indicator.slice(0, 8)}…</span>
          </>
        )}
      </p>
      <p className={styles.prose}>{one.text}</p>
      {one.answer && (
        <p className={styles.prose}>
          <b>{said(one.answer.answer)}:</b> {one.answer.reason}
        </p>
      )}
      {one.state !== "answered" && (
        <div className="row">
          {one.state === "received" ? (
            <button
              type="button"
              className="primary"
              disabled={run.isPending}
              onClick={() => run.mutate({ id: one.id, command: "acknowledge" })}
            >
              Take it in hand
            </button>
          ) : (
            <button type="button" className="primary" onClick={() => setAsking("answer")}>
              Answer…
            </button>
          )}
          {!one.extended && !one.overdue && (
            <button type="button" onClick={() => setAsking("extend")}>
              Extend the time…
            </button>
          )}
        </div>
      )}
      {run.error && <Failure error={run.error} />}
      {asking && <Asking what={asking} one={one} close={() => setAsking(null)} />}
    </article>
  );
}

function Asking({ what, one, close }: { what: "extend" | "answer"; one: Contest; close: () => void }) {
  const [answer, setAnswer] = useState("");
  const [reason, setReason] = useState("");
  const run = useContestCommand();
  const answers = what === "answer";
  const missing =
    answers && answer === "" ? "Say who is right first." : reason.trim() === "" ? "Say why first." : "";
  const command: ContestCommand = answers
    ? { answer: { answer, reason: reason.trim() } }
    : { extend: { reason: reason.trim() } };
  return (
    <Question
      title={answers ? "Answer" : "Extend the time by two months"}
      action={answers ? "Answer" : "Extend"}
      missing={missing}
      sending={run}
      submit={() => run.mutate({ id: one.id, command }, { onSuccess: close })}
      close={close}
    >
      {answers && (
        <Choice
          label="answer"
          value={answer}
          pick={setAnswer}
          options={[...(answer === "" ? [{ id: "", text: "pick one" }] : []), ...ANSWERS]}
        />
      )}
      <Words label="why; the person reads this" value={reason} change={setReason} />
    </Question>
  );
}
