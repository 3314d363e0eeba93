import { Link } from "@tanstack/react-router";
import type { AlertSummary } from "../../api/types";
import { Pseudonym } from "../../privacy/Pseudonym";
import { Actions } from "../../triage/Actions";
import { Groups, Impact, Status, Tag } from "../../ui/bits";
import { Level } from "../../ui/Level";
import { counted, decibans, odds } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Queue.module.css";

/** One alert in the list. */
export function Card({
  alert,
  current,
  close,
  openCase,
}: {
  alert: AlertSummary;
  current: boolean;
  close: () => void;
  openCase: () => void;
}) {
  return (
    <li
      className={`${styles.card} ${styles[alert.level] ?? ""}`}
      data-alert={alert.id}
      data-current={current}
    >
      <div className={styles.scale}>
        <Level level={alert.level} />
        <Link
          to="/alerts/$id"
          params={{ id: alert.id }}
          className={styles.score}
          title={`the odds are ${odds(alert.score)}; open the rows that add up to it`}
        >
          {decibans(alert.score)}
        </Link>
        <Impact impact={alert.impact} />
      </div>
      <div className={styles.what}>
        <h2>
          <Link to="/alerts/$id" params={{ id: alert.id }}>
            {alert.title}
          </Link>
        </h2>
        <ul className="bullets">
          {alert.sentences.slice(0, 3).map((sentence) => (
            <li key={sentence} className={styles.sentence}>
              <span>{sentence}</span>
            </li>
          ))}
        </ul>
        <div className="row">
          <Pseudonym id={alert.subject} />
          {alert.threat && <Tag>threat: {alert.threat}</Tag>}
          <Groups groups={alert.groups} />
          {alert.queue !== "daily" && <Tag>{said(alert.queue)}</Tag>}
          <span className="muted small">{counted(alert.indicator_count, "indicator")}</span>
        </div>
      </div>
      <div className={styles.state}>
        <span className="muted small nowrap">
          {alert.day}, no. {alert.rank}
        </span>
        <Status status={alert.status} verdict={alert.verdict} />
        <Actions alert={alert} close={close} openCase={openCase} />
      </div>
    </li>
  );
}

/** One alert on the board. */
export function SmallCard({ alert, current }: { alert: AlertSummary; current: boolean }) {
  return (
    <div className={styles.small} data-alert={alert.id} data-current={current}>
      <Link to="/alerts/$id" params={{ id: alert.id }}>
        {alert.title}
      </Link>
      <div className="row small muted">
        <Pseudonym id={alert.subject} plain />
        {decibans(alert.score)}
        <Status status={alert.status} />
      </div>
    </div>
  );
}
