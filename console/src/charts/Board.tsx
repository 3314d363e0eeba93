import type { ReactNode } from "react";
import type { AlertSummary } from "../api/types";
import { IMPACTS, LEVEL_MEANS, LEVELS } from "../words/labels";
import styles from "./Board.module.css";

/** Likelihood by impact: two scales that are never mixed into one. */
export function Board({
  alerts,
  card,
}: {
  alerts: AlertSummary[];
  card: (alert: AlertSummary) => ReactNode;
}) {
  const levels = LEVELS.filter((level) => level !== "low" || alerts.some((a) => a.level === "low"));
  return (
    <section className="panel scroll" aria-label="likelihood by impact" tabIndex={0}>
      <table className={styles.board}>
        <caption>
          How likely (rows: how much evidence) by how bad (columns: the most critical thing touched, and how
          far the rights reach). Two numbers, never made one: the colour follows the rows only.
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span className="sr">likelihood</span>
            </th>
            {IMPACTS.map((words, impact) => (
              <th key={words} scope="col">
                impact {impact}: {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <tr key={level}>
              <th scope="row">
                {level}
                <div className="muted small">{LEVEL_MEANS[level]}</div>
              </th>
              {IMPACTS.map((words, impact) => (
                <td key={words} className={styles[`heat${LEVELS.length - 1 - LEVELS.indexOf(level)}`]}>
                  {alerts
                    .filter((a) => a.level === level && a.impact === impact)
                    .map((alert) => (
                      <div key={alert.id}>{card(alert)}</div>
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
