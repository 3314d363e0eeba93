import { Link, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { type CaseView, isOutline, useCaseView } from "../../api/cases";
import { Tag } from "../../ui/bits";
import { useKeys } from "../../ui/keys";
import { Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { CASE_TEXT } from "../../words/casework";
import { said } from "../../words/labels";
import { About } from "./About";
import { Decisions } from "./Decisions";
import { Disclosures } from "./Disclosures";
import { Duties } from "./Duties";
import { Evidence } from "./Evidence";
import { Head } from "./Head";
import { Meetings } from "./Meetings";
import { Members } from "./Members";
import { Notes } from "./Notes";
import styles from "./Room.module.css";
import { Runs } from "./Runs";
import { isPending, rights } from "./rights";
import { RoomContext, useRoom } from "./room";
import { Tasks } from "./Tasks";
import { Timeline } from "./Timeline";

const PARTS = [
  { id: "timeline", label: "Timeline", shows: Timeline },
  { id: "notes", label: "Notes", shows: Notes },
  { id: "tasks", label: "Tasks", shows: Tasks },
  { id: "meetings", label: "Meetings", shows: Meetings },
  { id: "duties", label: "Duties", shows: Duties },
  { id: "playbooks", label: "Playbooks", shows: Runs },
  { id: "evidence", label: "Evidence", shows: Evidence },
  { id: "decisions", label: "Decisions", shows: Decisions },
  { id: "disclosures", label: "Disclosures", shows: Disclosures },
] as const;

/** The room in which both departments work on one case. */
export function RoomPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useCaseView(id);
  return (
    <div className="page">
      <nav aria-label="Where you are" className="small">
        <Link to="/cases">Cases</Link> / {id}
      </nav>
      <Loaded query={query}>
        {(view) =>
          isOutline(view) ? (
            <Outline summary={view.summary} />
          ) : (
            <RoomContext.Provider value={view}>
              <Room view={view} />
            </RoomContext.Provider>
          )
        }
      </Loaded>
    </div>
  );
}

/** That a case is there and how it stands, for who is not in it. */
function Outline({ summary }: { summary: CaseView["summary"] }) {
  return (
    <section className="panel stack" aria-label="outline of the case" data-outline={summary.id}>
      <h1>
        <span className="nowrap">{summary.id}</span> {summary.title}
      </h1>
      <div className="row">
        <b>{said(summary.state)}</b>
        <Tag>{said(summary.kind)}</Tag>
        <Tag>severity: {summary.severity}</Tag>
        <Tag>phase: {summary.phase}</Tag>
      </div>
      <p>{CASE_TEXT.outline}</p>
      <p>
        <Link to="/duties">Go to the duty board</Link>
      </p>
    </section>
  );
}

/** How much waits in each part. */
function waiting({ case: of }: CaseView, account: string): Partial<Record<string, string>> {
  const open = Object.values(of.tasks).filter((task) => task.state !== "done").length;
  const ahead = Object.values(of.meetings).filter((one) => one.state === "planned").length;
  const mine = Object.values(of.duties).filter(
    (duty) => duty.holder === account && (duty.state === "offered" || duty.state === "accepted"),
  ).length;
  const asked = Object.values(of.proposals).filter(isPending).length;
  const notes = Object.keys(of.notes).length;
  const items = Object.keys(of.evidence).length;
  return {
    notes: notes ? `${notes}` : undefined,
    tasks: open ? `${open} open` : undefined,
    meetings: ahead ? `${ahead} planned` : undefined,
    duties: mine ? `${mine} yours` : undefined,
    evidence: items ? `${items}` : undefined,
    decisions: asked ? `${asked} to decide` : undefined,
  };
}

function Room({ view }: { view: CaseView }) {
  const [{ tab }, change] = useUrl();
  const { account } = useRoom();
  const part = PARTS.find((p) => p.id === tab) ?? PARTS[0];
  const marks = waiting(view, account);
  useKeys((key) => {
    const to = PARTS[Number(key) - 1];
    if (to) change({ tab: to.id === "timeline" ? undefined : to.id });
  });
  useEffect(() => {
    document.title = `${view.summary.id} · Tandem`;
  }, [view.summary.id]);
  const Shows = part.shows;
  return (
    <>
      <Head />
      {rights(view.case, account).goesOn || (
        <p className="panel muted">
          {view.case.merged_into ? (
            <>
              This case goes on in{" "}
              <Link to="/cases/$id" params={{ id: view.case.merged_into }}>
                {view.case.merged_into}
              </Link>
              .
            </>
          ) : (
            "This case is closed. It can be read and exported."
          )}
        </p>
      )}
      <nav aria-label="Parts of the case" className={styles.parts}>
        {PARTS.map(({ id, label }) => (
          <Link
            key={id}
            to="."
            search={{ tab: id === "timeline" ? undefined : id }}
            aria-current={id === part.id ? "true" : undefined}
            activeProps={{}}
            resetScroll={false}
          >
            {label}
            {marks[id] && <span className={styles.mark}>{marks[id]}</span>}
          </Link>
        ))}
      </nav>
      <div className="aside">
        <div className="stack" data-part={part.id}>
          <Shows />
        </div>
        <aside className="stack" aria-label="about this case">
          <Members />
          <About />
        </aside>
      </div>
    </>
  );
}
