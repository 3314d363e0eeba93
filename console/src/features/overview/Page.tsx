import { useOverview } from "../../api/queries";
import { DayBars } from "../../charts/DayBars";
import { Strip } from "../../glance/Strip";
import { Empty, Loaded } from "../../ui/states";
import { TEXT } from "../../words/text";

/** Where roles without subjects begin: figures, no person. */
export function OverviewPage() {
  const query = useOverview();
  return (
    <div className="page">
      <h1>Overview</h1>
      <Loaded query={query}>
        {(overview) => (
          <>
            <Strip overview={overview} />
            {overview.setup_hint && <Empty title="Nothing to see yet">{overview.setup_hint}</Empty>}
            <Empty title={TEXT.noSubjectsTitle}>{TEXT.noSubjects}</Empty>
            {overview.indicators_by_day.length > 0 && (
              <section className="panel">
                <h2>Indicators per day</h2>
                <DayBars days={overview.indicators_by_day} label="indicators per day" noun="indicators" />
              </section>
            )}
            {overview.alerts_by_day.length > 0 && (
              <section className="panel">
                <h2>Alerts per day</h2>
                <DayBars days={overview.alerts_by_day} label="alerts per day" noun="alerts" />
              </section>
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
