import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Knob, WhatIfAlert, WhatIfView } from "../../api/risk";
import { BeforeAfter } from "../../charts/BeforeAfter";
import { Tag } from "../../ui/bits";
import { Level } from "../../ui/Level";
import { counted, decibans } from "../../words/format";
import { said } from "../../words/labels";
import { changedWords, outcomeWords } from "./trying";

/** What would have been in the queue beside what was. */
export function Outcome({ view, knobs }: { view: WhatIfView; knobs: Knob[] }) {
  // Settings may stand far below it: what came of trying them is not to be missed.
  const toIt = useCallback((place: HTMLElement | null) => place?.scrollIntoView({ block: "nearest" }), []);
  return (
    <>
      <section className="panel stack" data-outcome ref={toIt}>
        <h2>
          {view.from} to {view.to}
        </h2>
        {view.changes.length > 0 && (
          <ul className="bullets small">
            {view.changes.map((change) => (
              <li key={change.key}>{changedWords(change, knobs)}</li>
            ))}
          </ul>
        )}
        {outcomeWords(view).map((line) => (
          <p key={line}>{line}</p>
        ))}
        <BeforeAfter days={view.days} label="alerts a day, as it was and as it would have been" />
        <p className="muted small">
          Pale: as it was. Solid: as it would have been. What happened, slow accumulation and verdicts are
          taken as they were.
        </p>
      </section>
      <Only
        title="Would enter"
        none="Nobody would enter who was not there."
        alerts={view.entering}
        more={view.truncated}
      />
      <Only title="Would leave" none="Nobody would leave." alerts={view.leaving} more={view.truncated} />
    </>
  );
}

function Only({
  title,
  none,
  alerts,
  more,
}: {
  title: string;
  none: string;
  alerts: WhatIfAlert[];
  more: boolean;
}) {
  return (
    <section className="panel stack" aria-label={title}>
      <h2>
        {title} <span className="muted small">{counted(alerts.length, "alert")}</span>
      </h2>
      {alerts.length === 0 ? (
        <p className="muted">{none}</p>
      ) : (
        <section className="scroll" aria-label={`${title}, as a table`} tabIndex={0}>
          <table>
            <caption className="sr">{title}</caption>
            <thead>
              <tr>
                <th scope="col">day</th>
                <th scope="col">who</th>
                <th scope="col">level</th>
                <th scope="col" className="num">
                  score
                </th>
                <th scope="col">why</th>
              </tr>
            </thead>
            <tbody>
              {alerts.map((alert) => (
                <tr key={`${alert.day} ${alert.subject}`}>
                  <td className="nowrap">{alert.day}</td>
                  <td className="nowrap">
                    <Link to="/subjects/$id" params={{ id: alert.subject }} search={{ at: alert.day }}>
                      {alert.subject}
                    </Link>
                  </td>
                  <td>
                    <Level level={alert.level} />
                  </td>
                  <td className="num">{decibans(alert.score)}</td>
                  <td className="wide">
                    {alert.title} {alert.queue !== "daily" && <Tag>{said(alert.queue)}</Tag>}{" "}
                    {alert.moved && <span className="muted small">on another day in the other queue</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {more && <p className="muted small">There are more; the latest are shown. Ask for fewer days.</p>}
    </section>
  );
}
