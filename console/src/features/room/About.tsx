import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Pseudonym } from "../../privacy/Pseudonym";
import { useSession } from "../../session/session";
import { instant, time } from "../../words/format";
import { AddLink } from "./AddLink";
import { Ask } from "./Ask";
import { type Linked, link } from "./commands";
import { useRoom } from "./room";

/** Whom and what the case has to do with. */
export function About() {
  const { of, id, mine } = useRoom();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<{ what: Linked; words: string } | null>(null);
  // What was decided on is about these subjects and alerts.
  const settled = of.state === "decided" || of.state === "closed";
  const held = (subject: string) => Object.values(of.alerts).some((alert) => alert.subject === subject);
  const unlink = (what: Linked, words: string, open = true) =>
    mine.works &&
    open && (
      <button
        type="button"
        className="link small"
        aria-label={`take away the link to ${words}`}
        onClick={() => setRemoving({ what, words })}
      >
        Take away…
      </button>
    );
  const { hunts } = useSession().capabilities;
  const alerts = Object.values(of.alerts);
  return (
    <section className="panel stack" aria-label="what the case is about">
      <div className="head">
        <h2>About</h2>
        {mine.works && (
          <button type="button" onClick={() => setAdding(true)}>
            Link…
          </button>
        )}
      </div>
      <div className="stack" style={{ gap: 4 }}>
        <h3>Subjects</h3>
        {of.subjects.length === 0 && <p className="muted small">None: nobody is named yet.</p>}
        <ul className="plain">
          {of.subjects.map((subject) => (
            <li key={subject} className="row">
              <Pseudonym id={subject} forCase={id} />
              {hunts && (
                <Link to="/hunt" search={{ subject, case: id }} className="small">
                  events
                </Link>
              )}
              {unlink({ subject }, `subject ${subject}`, !settled && !held(subject))}
            </li>
          ))}
        </ul>
      </div>
      {alerts.length > 0 && (
        <div className="stack" style={{ gap: 4 }}>
          <h3>Alerts</h3>
          <ul className="plain">
            {alerts.map((alert) => (
              <li key={alert.id} className="row">
                <Link to="/alerts/$id" params={{ id: alert.id }} search={{ case: id }}>
                  raised {time(instant(alert.raised))}
                </Link>
                <span className="muted small">about {alert.subject}</span>
                {unlink({ alert }, `the alert of ${time(instant(alert.raised)).slice(0, 16)}`, !settled)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {of.assets.length > 0 && (
        <div className="stack" style={{ gap: 4 }}>
          <h3>Systems and files</h3>
          <ul className="plain">
            {of.assets.map((asset) => (
              <li key={asset} className="row break">
                {asset}
                {unlink({ asset }, asset)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {of.cases.length > 0 && (
        <div className="stack" style={{ gap: 4 }}>
          <h3>Other cases</h3>
          <ul className="plain">
            {of.cases.map((other) => (
              <li key={other} className="row">
                <Link to="/cases/$id" params={{ id: other }}>
                  {other}
                </Link>
                {unlink({ case: other }, `case ${other}`)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {adding && <AddLink settled={settled} close={() => setAdding(false)} />}
      {removing && (
        <Ask
          title="Take the link away"
          action="Take away"
          close={() => setRemoving(null)}
          command={(reason) => link.remove(removing.what, reason)}
        >
          <p>
            {removing.words}
            {"subject" in removing.what && ". Who was once a subject stays barred from working on the case."}
          </p>
        </Ask>
      )}
    </section>
  );
}
