import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Disclosure, REASON_MOST, useAnswer, useAsked } from "../../api/disclosures";
import { type RunSummary, useRunsWaiting } from "../../api/runs";
import { useSession } from "../../session/session";
import { Empty, Failure, Loaded } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { lasting, time } from "../../words/format";
import { said } from "../../words/labels";
import { asksFor, fieldWords } from "../room/disclosing";
import { useNow } from "../room/room";
import styles from "./Approvals.module.css";
import { split } from "./waiting";

/** What waits for an approver's word. Made for a phone first. */
export function ApprovalsPage() {
  const { approves } = useSession().capabilities;
  const query = useAsked(approves);
  const runs = useRunsWaiting(approves);
  const [done, setDone] = useState("");
  if (!approves) return <Refused />;
  return (
    <div className={`page ${styles.page}`}>
      <h1>Approvals</h1>
      <p role="status" className={done ? "panel" : "sr"}>
        {done}
      </p>
      <Loaded query={query}>
        {({ disclosures }) => {
          const { mine, others } = split(disclosures);
          const steps = runs.data?.runs ?? [];
          return (
            <>
              {steps.length > 0 && <Steps runs={steps} />}
              {mine.length + steps.length === 0 && (
                <Empty title={CASE_TEXT.noApprovalsTitle}>{CASE_TEXT.noApprovals}</Empty>
              )}
              {mine.map((one) => (
                <Request key={one.id} one={one} answered={setDone} />
              ))}
              {others.length > 0 && <Others list={others} />}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Refused() {
  return (
    <div className="page">
      <Empty title="Not for this role">Approvers of each department answer requests here.</Empty>
    </div>
  );
}

/** Steps of playbooks that touch a person and wait for this department's word; they are read and answered in their run. */
function Steps({ runs }: { runs: RunSummary[] }) {
  return (
    <section className="panel stack" aria-label="steps that wait for you">
      <h2>Steps that touch a person</h2>
      <ul className={`plain ${styles.steps}`}>
        {runs.map((run) => (
          <li key={run.id} data-run={run.id}>
            <Link to="/runs/$id" params={{ id: run.id }}>
              <b>{run.name}</b>
              <span className="muted small">
                {run.case}, waits: {run.waiting.join(", ")}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Request({ one, answered }: { one: Disclosure; answered: (words: string) => void }) {
  const [answer, setAnswer] = useState<"yes" | "no" | null>(null);
  const now = useNow();
  const left = Date.parse(one.lapses) * 1000 - now;
  const facts: [string, string][] = [
    ["what for", said(one.purpose)],
    ["asked by", one.requested_by],
    ["case", one.case],
    ["for how long", `${asksFor(one)}, until ${time(one.expires).slice(0, 16)} UTC`],
    ["answer within", left > 0 ? lasting(left) : "it is about to lapse"],
  ];
  return (
    <article
      className={`panel stack ${styles.request}`}
      aria-label={`request ${one.id}`}
      data-request={one.id}
    >
      <h2>
        Show {fieldWords(one.fields)} of <span className="mono">{one.subject}</span>?
      </h2>
      <blockquote className={styles.why}>{one.reason}</blockquote>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">
        {one.approvals.length === 0
          ? "The other department has not answered yet."
          : `${one.approvals[0]?.account} of the other department said yes: your yes shows it.`}
      </p>
      {answer === null ? (
        <div className={styles.buttons}>
          <button type="button" onClick={() => setAnswer("no")} aria-label={`no to ${one.id}`}>
            No…
          </button>
          <button
            type="button"
            className="primary"
            onClick={() => setAnswer("yes")}
            aria-label={`yes to ${one.id}`}
          >
            Yes…
          </button>
        </div>
      ) : (
        <Answer one={one} yes={answer === "yes"} back={() => setAnswer(null)} answered={answered} />
      )}
    </article>
  );
}

function Answer({
  one,
  yes,
  back,
  answered,
}: {
  one: Disclosure;
  yes: boolean;
  back: () => void;
  answered: (words: string) => void;
}) {
  const [reason, setReason] = useState("");
  const run = useAnswer();
  return (
    <form
      className="stack"
      aria-label={`${yes ? "yes" : "no"} to ${one.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        run.mutate(
          { id: one.id, approve: yes, reason: reason.trim() },
          {
            onSuccess: ({ status }) =>
              answered(`You said ${yes ? "yes" : "no"} to ${one.id}; it is now ${status}.`),
          },
        );
      }}
    >
      <label className="field">
        {yes ? "why it is needed and fair" : "why not, or what is missing"}
        <textarea
          rows={3}
          maxLength={REASON_MOST}
          value={reason}
          // biome-ignore lint/a11y/noAutofocus: the field is what the button that was just pressed asks for
          autoFocus
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      {run.error && <Failure error={run.error} />}
      <div className={styles.buttons}>
        <button type="button" onClick={back}>
          Back
        </button>
        <button type="submit" className="primary" disabled={reason.trim() === "" || run.isPending}>
          {yes ? "Say yes" : "Say no"}
        </button>
      </div>
    </form>
  );
}

function Others({ list }: { list: Disclosure[] }) {
  return (
    <section className="panel stack" aria-label="not for you to answer now">
      <h2>Waiting for others</h2>
      <ul className="plain stack">
        {list.map((one) => (
          <li key={one.id} className="break" data-other={one.id}>
            {fieldWords(one.fields)} of <span className="mono">{one.subject}</span>, asked by{" "}
            {one.requested_by} for {one.case}
            <div className="muted small">
              {[
                one.approvals.map((a) => `${a.account} said yes`).join(", ") || "nobody has answered yet",
                `lapses ${time(one.lapses).slice(0, 16)} UTC`,
              ].join("; ")}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
