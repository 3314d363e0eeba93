import { useState } from "react";
import { type KnobList, useKnobs, usePropose, useWhatIf } from "../../api/risk";
import { useSession } from "../../session/session";
import { Choice } from "../../ui/bits";
import { Question, Words } from "../../ui/Question";
import { Empty, Failure, Loaded, Loading } from "../../ui/states";
import { counted } from "../../words/format";
import { TEXT } from "../../words/text";
import { Knobs } from "./Knobs";
import { Outcome } from "./Outcome";
import { Proposals, REASON_MOST } from "./Proposals";
import { changes, type Tried } from "./trying";
import styles from "./WhatIf.module.css";

const DAYS = [14, 30, 60, 90];

/** Other settings tried on the past: what would have been in the queue beside what was. */
export function WhatIfPage() {
  const { tries_settings, sees_proposals } = useSession().capabilities;
  const knobs = useKnobs(tries_settings);
  return (
    <div className="page">
      <div className="head">
        <h1>What if</h1>
      </div>
      <p className="muted">
        Try other weights, limits or budgets on the last days and see who would have been in the queue.
        Nothing is changed by trying; a change that is worth having becomes a proposal for both departments.
      </p>
      {tries_settings ? (
        <Loaded query={knobs}>{(list) => <Trying list={list} />}</Loaded>
      ) : sees_proposals ? (
        <Proposals knobs={[]} />
      ) : (
        <Empty title="Not for this role">
          Both departments try settings here; administrators see proposals.
        </Empty>
      )}
    </div>
  );
}

function Trying({ list }: { list: KnobList }) {
  const [tried, setTried] = useState<Tried>({});
  const [days, setDays] = useState("90");
  const [proposing, setProposing] = useState(false);
  const run = useWhatIf();
  const changed = changes(list.knobs, tried);
  const change = (key: string, value: number | undefined) =>
    setTried((old) => {
      const { [key]: _, ...rest } = old;
      return value === undefined ? rest : { ...rest, [key]: value };
    });
  if (list.days === 0)
    return (
      <>
        <Empty title="No past to try it on yet">
          <p>
            Days can be filled again once they have been analysed by this version. Read logs in with `tandem
            ingest`, or have past days analysed again with `tandem analyse --from DAY`.
          </p>
        </Empty>
        <Proposals knobs={list.knobs} />
      </>
    );
  return (
    <>
      <div className="aside">
        <aside className={`stack ${styles.settings}`} aria-label="settings">
          <section className="panel row end">
            <Choice
              label="how far back"
              value={days}
              pick={setDays}
              options={DAYS.map((n) => ({ id: String(n), text: counted(n, "day") }))}
            />
            <button
              type="button"
              className="primary"
              disabled={run.isPending}
              onClick={() => run.mutate({ changes: changed, days: Number(days) })}
            >
              Try it
            </button>
            <button type="button" disabled={changed.length === 0} onClick={() => setProposing(true)}>
              Propose it
            </button>
            <button type="button" disabled={Object.keys(tried).length === 0} onClick={() => setTried({})}>
              All back
            </button>
          </section>
          <Knobs knobs={list.knobs} tried={tried} change={change} />
          <p className="muted small">{TEXT.decibans}</p>
        </aside>
        <div className={`stack ${styles.outcome}`}>
          {run.isPending && <Loading />}
          {run.error && <Failure error={run.error} />}
          {run.data && !run.isPending ? (
            <Outcome view={run.data} knobs={list.knobs} />
          ) : (
            !run.isPending &&
            !run.error && (
              <Empty title="Change a setting, then try it">
                The queues of {counted(list.days, "day")} up to {list.to} can be filled again.
              </Empty>
            )
          )}
        </div>
      </div>
      <Proposals knobs={list.knobs} />
      {proposing && <Propose changed={changed} close={() => setProposing(false)} />}
    </>
  );
}

function Propose({ changed, close }: { changed: ReturnType<typeof changes>; close: () => void }) {
  const [reason, setReason] = useState("");
  const propose = usePropose();
  return (
    <Question
      title={`Propose ${counted(changed.length, "change")}`}
      action="Ask the other department"
      missing={reason.trim() === "" ? "say why, without naming anybody" : ""}
      sending={propose}
      submit={() => propose.mutate({ changes: changed, reason: reason.trim() }, { onSuccess: close })}
      close={close}
    >
      <p className="muted small">
        What it would have done to the last 90 days is kept with it. Somebody of the other department answers.
      </p>
      <Words label="why; name nobody" value={reason} change={setReason} most={REASON_MOST} />
    </Question>
  );
}
