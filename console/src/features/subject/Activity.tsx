import { useNavigate } from "@tanstack/react-router";
import { useHours, useSubjectEvents, useTimeline } from "../../api/queries";
import type { AlertSummary } from "../../api/types";
import { HourMaps } from "../../charts/HourMaps";
import { TimelineChart } from "../../charts/Timeline";
import { EventTable } from "../../evidence/EventTable";
import { Loaded } from "../../ui/states";
import { useCase, useUrl } from "../../url";

/** What the subject did by source and day; a mark leads to its why. */
export function Activity({
  id,
  at,
  pick,
  alerts,
}: {
  id: string;
  at: string | undefined;
  pick: (indicator: string) => void;
  alerts: AlertSummary[];
}) {
  const navigate = useNavigate();
  const forCase = useCase();
  const query = useTimeline(id, at);
  return (
    <Loaded query={query}>
      {(timeline) => (
        <TimelineChart
          timeline={timeline}
          pick={(mark) => {
            const alert = alerts.find(
              (a) => mark.kind === "alert" && (a.raised === mark.time || a.day === mark.time.slice(0, 10)),
            );
            if (alert)
              void navigate({ to: "/alerts/$id", params: { id: alert.id }, search: { case: forCase } });
            else if (mark.indicator) pick(mark.indicator);
          }}
        />
      )}
    </Loaded>
  );
}

/** Hours of the week, lately against the own past and the peers. */
export function UsualHours({ id, at }: { id: string; at: string | undefined }) {
  const query = useHours(id, at);
  return <Loaded query={query}>{(hours) => <HourMaps hours={hours} />}</Loaded>;
}

/** The newest events up to the moment shown. */
export function LatestEvents({ id, at }: { id: string; at: string | undefined }) {
  const [, change] = useUrl();
  const query = useSubjectEvents(id, { to: at, limit: 50 });
  return (
    <Loaded query={query}>
      {(list) =>
        list.events.length === 0 ? (
          <p className="muted">No events up to then.</p>
        ) : (
          <EventTable events={list.events} open={(event) => change({ event })} caption="latest events" />
        )
      }
    </Loaded>
  );
}
