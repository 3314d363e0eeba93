import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useOverview, useQueue, useStatusChange } from "../../api/queries";
import type { AlertSummary } from "../../api/types";
import { Board } from "../../charts/Board";
import { Strip } from "../../glance/Strip";
import { useSession } from "../../session/session";
import { CloseDialog } from "../../triage/CloseDialog";
import { OpenCaseDialog } from "../../triage/OpenCaseDialog";
import { moved, useKeys } from "../../ui/keys";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { counted } from "../../words/format";
import { TEXT } from "../../words/text";
import { Card, SmallCard } from "./Card";
import { Export } from "./Export";
import { Filters } from "./Filters";
import styles from "./Queue.module.css";

/** Today's queue. */
export function QueuePage() {
  const [url] = useUrl();
  const overview = useOverview();
  const queue = useQueue({ day: url.day, level: url.level, status: url.status, queue: url.queue }, true);
  return (
    <div className="page">
      <div className="head">
        <h1>{url.day ? `Queue of ${url.day}` : "Open alerts"}</h1>
        <p className={`muted small ${styles.keys}`}>
          <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens, <kbd>t</kbd> takes, <kbd>c</kbd> closes,{" "}
          <kbd>o</kbd> opens a case, <kbd>?</kbd> all keys
        </p>
        <Export {...(url.day && { day: url.day })} />
      </div>
      {overview.data && <Strip overview={overview.data} />}
      {overview.data?.setup_hint && <Empty title="Nothing to see yet">{overview.data.setup_hint}</Empty>}
      <Loaded query={queue}>
        {(view) => (
          <>
            <Filters view={view} />
            {view.alerts.length === 0 ? (
              <Empty title={TEXT.noAlertsTitle}>{TEXT.noAlerts}</Empty>
            ) : (
              <List alerts={view.alerts} />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}

function List({ alerts }: { alerts: AlertSummary[] }) {
  const [{ view }] = useUrl();
  const navigate = useNavigate();
  const [at, setAt] = useState(0);
  const [closing, setClosing] = useState<AlertSummary | null>(null);
  const [opening, setOpening] = useState<AlertSummary | null>(null);
  const { opens_cases } = useSession().capabilities;
  const change = useStatusChange();
  const current = alerts[Math.min(at, alerts.length - 1)];
  useKeys((key, event) => {
    setAt((old) => moved(old, key, alerts.length));
    if (!current) return;
    const onControl =
      event.target instanceof HTMLElement && event.target.matches("a, button, summary, [role=button]");
    if (key === "Enter" && !onControl) void navigate({ to: "/alerts/$id", params: { id: current.id } });
    if (key === "t" && current.status === "new")
      change.mutate({ id: current.id, status: "in_progress", note: "" });
    if (key === "c" && current.status !== "closed") {
      event.preventDefault();
      setClosing(current);
    }
    if (key === "o" && opens_cases && current.status !== "closed") {
      event.preventDefault();
      setOpening(current);
    }
  });
  useEffect(() => {
    if (at > 0) document.querySelector("[data-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const place = Math.min(at, alerts.length - 1);
  return (
    <>
      <p className="sr" role="status">
        {current && `${place + 1} of ${counted(alerts.length, "alert")}: ${current.title}`}
      </p>
      {view === "board" ? (
        <Board alerts={alerts} card={(alert) => <SmallCard alert={alert} current={alert === current} />} />
      ) : (
        <ol className={styles.list}>
          {alerts.map((alert, n) => (
            <Card
              key={alert.id}
              alert={alert}
              current={n === place}
              close={() => setClosing(alert)}
              openCase={() => setOpening(alert)}
            />
          ))}
        </ol>
      )}
      {opening && <OpenCaseDialog alert={opening} close={() => setOpening(null)} />}
      {closing && <CloseDialog alert={closing} close={() => setClosing(null)} />}
    </>
  );
}
