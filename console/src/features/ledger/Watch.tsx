import { useEffect, useState } from "react";
import { useAnswerFinding, useWatch, type WatchFinding, type WatchView } from "../../api/watch";
import { Choice, Tag } from "../../ui/bits";
import { moved, useKeys } from "../../ui/keys";
import { Question, Words } from "../../ui/Question";
import { Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted, time } from "../../words/format";
import { said } from "../../words/labels";
import { CONCLUSIONS, kindWords, lacking, rowsOf } from "./watching";

/** What the auditor should ask colleagues about. It accuses nobody. */
export function Watch() {
  const query = useWatch(true);
  return (
    <section className="panel stack" aria-label="findings about the use of Tandem">
      <div className="head">
        <h2>How colleagues used Tandem</h2>
        <p className="muted small">
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> answers
        </p>
      </div>
      <p className="muted small">
        Rules look through the rows of each day once it is over: many subjects without a case, the own team, a
        conflict of interest, the night, many exports. A finding is a question, not an accusation. Whoever it
        is about, leads them, is led by them or shares their team never sees it; that you read here is a row
        of the ledger.
      </p>
      <Loaded query={query}>{(view) => <Findings view={view} />}</Loaded>
    </section>
  );
}

function Findings({ view }: { view: WatchView }) {
  const { findings, judged_to } = view;
  const [at, setAt] = useState(0);
  const [answering, setAnswering] = useState<string | null>(null);
  const place = Math.min(at, Math.max(findings.length - 1, 0));
  const asked = findings.find((one) => one.id === answering);
  useKeys((key, event) => {
    setAt((old) => moved(old, key, findings.length));
    const onControl = event.target instanceof HTMLElement && event.target.matches("a, button, summary");
    const current = findings[place];
    if (key === "Enter" && current && !onControl) {
      event.preventDefault();
      setAnswering(current.id);
    }
  });
  useEffect(() => {
    if (at > 0) document.querySelector("[data-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  if (findings.length === 0)
    return (
      <p>
        <b>Nothing to ask about.</b>{" "}
        {judged_to ? `Every day up to ${judged_to} was looked through.` : "No day is over yet."}
      </p>
    );
  const open = findings.filter((one) => one.status === "open").length;
  return (
    <>
      <p className="small" role="status">
        {open === 0 ? "All are answered" : `${counted(open, "finding")} to be answered`}; looked through up to{" "}
        {judged_to ?? "no day"}.
      </p>
      <ol className="stack" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {findings.map((one, n) => (
          <li key={one.id} data-finding={one.id} data-current={n === place}>
            <One one={one} current={n === place} answer={() => setAnswering(one.id)} />
          </li>
        ))}
      </ol>
      {asked && <Answer one={asked} close={() => setAnswering(null)} />}
    </>
  );
}

function One({ one, current, answer }: { one: WatchFinding; current: boolean; answer: () => void }) {
  const [, change] = useUrl();
  const rows = rowsOf(one);
  return (
    <article className="panel stack" aria-label={`${kindWords(one.kind)}, ${one.who}, ${one.day}`}>
      <div className="head">
        <h3>
          {current && <span aria-hidden="true">▸ </span>}
          {kindWords(one.kind)}
        </h3>
        <Tag>{one.status === "open" ? "to be answered" : said(one.answers.at(-1)?.conclusion ?? "")}</Tag>
      </div>
      <p className="break">{one.sentence}.</p>
      {one.answers.map((answered) => (
        <p key={answered.at} className="break" style={{ whiteSpace: "pre-wrap" }}>
          <b>
            {said(answered.conclusion)}, {answered.who}, {time(answered.at).slice(0, 16)} UTC:
          </b>{" "}
          {answered.reason}
        </p>
      ))}
      <div className="row">
        <button type="button" className={one.status === "open" ? "primary" : ""} onClick={answer}>
          {one.status === "open" ? "Answer…" : "Correct the answer…"}
        </button>
        {rows && (
          <button type="button" onClick={() => change(rows)}>
            Show the rows below
          </button>
        )}
        <span className="muted small">
          {counted(one.row_count, "row")}
          {one.row_count > one.rows.length &&
            one.rows.length > 0 &&
            `, the first ${count(one.rows.length)} named`}
        </span>
      </div>
    </article>
  );
}

function Answer({ one, close }: { one: WatchFinding; close: () => void }) {
  const [conclusion, setConclusion] = useState("");
  const [reason, setReason] = useState("");
  const run = useAnswerFinding();
  const missing = lacking(conclusion, reason);
  return (
    <Question
      title={`Answer: ${kindWords(one.kind)}`}
      action="Answer"
      missing={missing}
      sending={run}
      submit={() => run.mutate({ id: one.id, conclusion, reason: reason.trim() }, { onSuccess: close })}
      close={close}
    >
      <p className="break">{one.sentence}.</p>
      <Choice
        label="conclusion"
        value={conclusion}
        pick={setConclusion}
        options={[...(conclusion === "" ? [{ id: "", text: "pick one" }] : []), ...CONCLUSIONS]}
      />
      <Words
        label="what you found; the ledger signs that you answered, the words stay here"
        value={reason}
        change={setReason}
        rows={4}
      />
    </Question>
  );
}
