import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useAlert, useStatusChange } from "../../api/queries";
import type { AlertDetail } from "../../api/types";
import { Waterfall } from "../../charts/Waterfall";
import { EventDrawer } from "../../evidence/EventDrawer";
import { IndicatorList } from "../../evidence/IndicatorList";
import { ForCase } from "../../privacy/ForCase";
import { Pseudonym } from "../../privacy/Pseudonym";
import { SubjectFacts } from "../../privacy/SubjectFacts";
import { useSession } from "../../session/session";
import { Actions } from "../../triage/Actions";
import { CloseDialog } from "../../triage/CloseDialog";
import { OpenCaseDialog } from "../../triage/OpenCaseDialog";
import { caseOf } from "../../triage/opening";
import { Groups, Impact, Status, Tag } from "../../ui/bits";
import { useKeys } from "../../ui/keys";
import { Level } from "../../ui/Level";
import { Loaded } from "../../ui/states";
import { TwoNumbers } from "../../ui/TwoNumbers";
import { useCase, useUrl } from "../../url";
import { decibans, time } from "../../words/format";
import { said } from "../../words/labels";
import { TEXT } from "../../words/text";
import { Chains } from "../subject/Chains";
import { Motive } from "../subject/Motive";

/** One alert with its evidence. */
export function AlertPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useAlert(id);
  return (
    <div className="page">
      <ForCase />
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
      <EventDrawer />
    </div>
  );
}

function Detail({ detail }: { detail: AlertDetail }) {
  const { alert, subject, indicators, explanation, chains, history } = detail;
  const [, change] = useUrl();
  const navigate = useNavigate();
  const [closing, setClosing] = useState(false);
  const [opening, setOpening] = useState(false);
  const decide = useStatusChange();
  const forCase = useCase();
  const { opens_cases } = useSession().capabilities;
  const inCase = caseOf(history);
  // Looked at for a case, the alert is decided there: triage is another purpose.
  const triages = !forCase;
  const mayOpen = triages && opens_cases && !inCase && alert.status !== "closed";
  useKeys((key, event) => {
    if (!triages) return;
    if (key === "t" && alert.status === "new")
      decide.mutate({ id: alert.id, status: "in_progress", note: "" });
    if (key === "c" && alert.status !== "closed") {
      event.preventDefault();
      setClosing(true);
    }
    if (key === "o" && mayOpen) {
      event.preventDefault();
      setOpening(true);
    }
  });
  // The score also counts what was known before; that stands in the subject's story of that day.
  const pick = (indicator: string) => {
    if (indicators.some((known) => known.id === indicator)) change({ indicator }, { replace: true });
    else
      void navigate({
        to: "/subjects/$id",
        params: { id: subject.id },
        search: { at: alert.day, indicator, case: forCase },
      });
  };
  return (
    <>
      <nav aria-label="Where you are" className="small">
        <Link to="/">Queue</Link> /{" "}
        <Link to="/" search={{ day: alert.day }}>
          {alert.day}
        </Link>
      </nav>
      <div className="head">
        <div className="stack" style={{ gap: 6 }}>
          <h1>{alert.title}</h1>
          <div className="row">
            <Level level={alert.level} />
            <b>{decibans(alert.score)}</b>
            <Impact impact={alert.impact} />
            {alert.threat && <Tag>threat: {alert.threat}</Tag>}
            <Groups groups={alert.groups} />
            <Tag>{said(alert.queue)}</Tag>
          </div>
        </div>
        <div className="row">
          <Status status={alert.status} verdict={alert.verdict} />
          {inCase && (
            <Link to="/cases/$id" params={{ id: inCase }} data-in-case>
              in case {inCase}
            </Link>
          )}
          {triages && (
            <Actions
              alert={alert}
              close={() => setClosing(true)}
              openCase={mayOpen ? () => setOpening(true) : undefined}
            />
          )}
        </div>
      </div>
      <div className="aside">
        <div className="stack">
          <section className="panel">
            <h2>Why this alert</h2>
            <ul className="bullets" data-sentences>
              {alert.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
          <Chains chains={chains} open={(event) => change({ event })} />
          <section className="panel">
            <h2>The score when it was raised</h2>
            <Waterfall explanation={explanation} pick={pick} />
          </section>
          <Motive motive={detail.motive} pick={pick} />
          <section className="panel">
            <h2>Evidence</h2>
            <IndicatorList indicators={indicators} />
          </section>
        </div>
        <aside className="stack" aria-label="about this alert">
          <section className="panel">
            <h2>
              Subject <Pseudonym id={subject.id} at={alert.day} />
            </h2>
            <SubjectFacts subject={subject} />
          </section>
          <TwoNumbers level={alert.level} score={alert.score} impact={detail.impact} />
          <section className="panel">
            <h2>What would lower it</h2>
            <ul className="bullets">
              {explanation.would_lower.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
          <section className="panel">
            <h2>History</h2>
            <ol className="plain stack">
              <li>
                <span className="muted small">{time(alert.raised)}</span>
                <br />
                raised, no. {alert.rank} of {alert.day}
              </li>
              {history.map((entry) => (
                <li key={`${entry.at} ${entry.action}`}>
                  <span className="muted small">{time(entry.at)}</span>
                  <br />
                  {entry.who}: <Did action={entry.action} />
                  {entry.note && <p className="break">“{entry.note}”</p>}
                </li>
              ))}
            </ol>
          </section>
          <p className="muted small">
            {TEXT.decibans} {TEXT.noNumbers}
          </p>
        </aside>
      </div>
      {opening && <OpenCaseDialog alert={alert} close={() => setOpening(false)} />}
      {closing && <CloseDialog alert={alert} close={() => setClosing(false)} />}
    </>
  );
}

/** An entry of the history; a case in it is a link. */
function Did({ action }: { action: string }) {
  const id = caseOf([{ action }]);
  if (!id) return said(action);
  return (
    <Link to="/cases/$id" params={{ id }}>
      {action}
    </Link>
  );
}
