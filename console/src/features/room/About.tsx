import { Link } from "@tanstack/react-router";
import { Pseudonym } from "../../privacy/Pseudonym";
import { useSession } from "../../session/session";
import { instant, time } from "../../words/format";
import { useRoom } from "./room";

/** Whom and what the case has to do with. */
export function About() {
  const { of, id } = useRoom();
  const { hunts } = useSession().capabilities;
  const alerts = Object.values(of.alerts);
  return (
    <section className="panel stack" aria-label="what the case is about">
      <h2>About</h2>
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
              </li>
            ))}
          </ul>
        </div>
      )}
      {of.assets.length > 0 && (
        <div className="stack" style={{ gap: 4 }}>
          <h3>Systems and files</h3>
          <ul className="bullets">
            {of.assets.map((asset) => (
              <li key={asset}>{asset}</li>
            ))}
          </ul>
        </div>
      )}
      {of.cases.length > 0 && (
        <div className="stack" style={{ gap: 4 }}>
          <h3>Other cases</h3>
          <ul className="plain">
            {of.cases.map((other) => (
              <li key={other}>
                <Link to="/cases/$id" params={{ id: other }}>
                  {other}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
