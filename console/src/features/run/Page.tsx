import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useCaseView } from "../../api/cases";
import { type RunView, unanswered, useRun } from "../../api/runs";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { Loaded } from "../../ui/states";
import { said } from "../../words/labels";
import { RunGraph } from "./Graph";
import styles from "./Run.module.css";
import { undoMoves } from "./rights";
import { PastStep, WaitingStep } from "./Steps";

/** A run of a playbook: its graph, what waits, what is behind, what to say. */
export function RunPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useRun(id);
  return (
    <div className="page">
      <Loaded query={query}>{(view) => <Run view={view} again={() => void query.refetch()} />}</Loaded>
    </div>
  );
}

/** The ways that lead on from a choice. */
const ways = ({ graph }: RunView, id: string) => [
  ...new Set(
    graph.edges.filter((edge) => edge.from === id && edge.kind === "branch").map((edge) => edge.label),
  ),
];

function Run({ view, again }: { view: RunView; again: () => void }) {
  const { summary } = view;
  const session = useSession();
  // Who only answers what waits for their word cannot read the case.
  const room = useCaseView(summary.case);
  const member = room.data?.case.members?.[session.user];
  const works = member !== undefined && member.role !== "observer";
  const asker = { account: session.user, department: view.department, works };
  useEffect(() => {
    document.title = `${summary.id} ${summary.name} · Tandem`;
  }, [summary]);
  return (
    <>
      <nav aria-label="Where you are" className="small">
        <Link to="/cases">Cases</Link> /{" "}
        <Link to="/cases/$id" params={{ id: summary.case }} search={{ tab: "playbooks" }}>
          {summary.case}
        </Link>{" "}
        / {summary.id}
      </nav>
      <header className="head">
        <h1>{summary.name}</h1>
        <span className="row small muted">
          <Tag>{summary.outcome ? said(summary.outcome) : said(summary.status)}</Tag>
          <span>begun by {summary.started_by}</span>
          {view.subject && <span>about {view.subject}</span>}
        </span>
      </header>
      <section className="panel stack" aria-label="what waits">
        <div className="head">
          <h2>What waits</h2>
          {unanswered(view).length > 0 && (
            <button type="button" onClick={again}>
              Look again
            </button>
          )}
        </div>
        {view.active.length === 0 && (
          <p className="muted">
            {summary.status === "over"
              ? "This run is over. Nothing waits."
              : "Nothing waits for anybody right now."}
          </p>
        )}
        <ul className="plain">
          {view.active.map((step) => (
            <WaitingStep
              key={step.id}
              run={summary.id}
              of={summary.case}
              view={step}
              asker={asker}
              ways={ways(view, step.id)}
            />
          ))}
        </ul>
      </section>
      <section className="panel stack" aria-label="the way through">
        <h2>The way through</h2>
        <p className="muted small">Filled: behind us. Strong frame: waits. A dot: acts on a person.</p>
        <RunGraph graph={view.graph} label={`the steps of ${summary.name}`} />
      </section>
      {view.past.length > 0 && (
        <section className="panel stack" aria-label="what is behind">
          <h2>Behind us</h2>
          {view.undo_because && view.past.some((step) => undoMoves(step, asker).includes("undo")) && (
            <p role="status">
              What was done here can be taken back: {view.undo_because}. Look at each step below.
            </p>
          )}
          <ul className="plain">
            {view.past.map((step) => (
              <PastStep key={step.id} run={summary.id} of={summary.case} view={step} asker={asker} />
            ))}
          </ul>
        </section>
      )}
      {view.messages.length > 0 && (
        <section className="panel stack" aria-label="what to say">
          <h2>What to say</h2>
          <p className="muted small">Texts to copy. What nobody has filled in yet stands in braces.</p>
          {view.messages.map((message) => (
            <details key={message.id}>
              <summary>
                {message.title} <span className="muted small">to {message.to}</span>
              </summary>
              <p className={styles.prose}>{message.text}</p>
            </details>
          ))}
        </section>
      )}
    </>
  );
}
