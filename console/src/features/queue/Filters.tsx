import type { QueueView } from "../../api/types";
import { DayBars } from "../../charts/DayBars";
import { Choice, Segments } from "../../ui/bits";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { LEVEL_MEANS } from "../../words/labels";

/** Which alerts are shown, and how. */
export function Filters({ view }: { view: QueueView }) {
  const [url, change] = useUrl();
  const days = view.days.map((d) => ({ day: d.day, count: d.alerts, solid: d.open })).slice(-90);
  return (
    <section className="panel stack" aria-label="which alerts">
      {days.length > 0 && (
        <DayBars
          days={days}
          picked={url.day}
          pick={(day) => change({ day: day === url.day ? undefined : day })}
          label="alerts per day; solid bars are open ones"
          noun="alerts"
        />
      )}
      <div className="row end spread">
        <div className="row end">
          <Choice
            label="day"
            value={url.day ?? ""}
            pick={(day) => change({ day: day || undefined })}
            options={[
              { id: "", text: "all days" },
              ...[...view.days].reverse().map((d) => ({
                id: d.day,
                text: `${d.day}: ${counted(d.alerts, "alert")}, ${count(d.open)} open`,
              })),
            ]}
          />
          <Choice
            label="level"
            value={url.level ?? ""}
            pick={(level) => change({ level: level || undefined })}
            options={[
              { id: "", text: "any" },
              ...["act", "review", "watch"].map((id) => ({ id, text: `${id}: ${LEVEL_MEANS[id]}` })),
            ]}
          />
          <Choice
            label="status"
            value={url.status ?? ""}
            pick={(status) => change({ status: status || undefined })}
            options={[{ id: "", text: url.day ? "any" : "not closed" }, "new", "in_progress", "closed"]}
          />
          <Choice
            label="queue"
            value={url.queue ?? ""}
            pick={(queue) => change({ queue: queue || undefined })}
            options={[{ id: "", text: "both" }, "daily", "slow_burn"]}
          />
        </div>
        <div className="row">
          <span className="muted small">The budget allows {view.budget.toFixed(1)} alerts a day.</span>
          <Segments
            label="view"
            value={url.view ?? "list"}
            pick={(id) => change({ view: id === "list" ? undefined : id })}
            options={[
              { id: "list", text: "List" },
              { id: "board", text: "Board" },
            ]}
          />
        </div>
      </div>
    </section>
  );
}
