import { type CalibrationView, useCalibration } from "../../api/calibration";
import { useSession } from "../../session/session";
import { Days } from "../../ui/Days";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { Fairness } from "./Fairness";
import { Promises } from "./Promises";
import { alarms } from "./reading";
import { FalseAlarms } from "./Verdicts";

/** Whether Tandem's numbers hold what they promise: figures that point at nobody. */
export function CalibrationPage() {
  const [url] = useUrl();
  const { sees_reports } = useSession().capabilities;
  const params = { from: url.from, to: url.to };
  const query = useCalibration(params, sees_reports);
  if (!sees_reports)
    return (
      <div className="page">
        <Empty title="Not for this role">
          Both departments, approvers, auditors and the works council read here.
        </Empty>
      </div>
    );
  return (
    <div className="page">
      <div className="head">
        <h1>Calibration</h1>
      </div>
      <p className="muted">
        Can the numbers be trusted? When Tandem says “a day like this comes once in a hundred”, it should be
        right about that; an alert should not often be a false alarm; and alerts should not fall on some
        groups of people more than on others without a reason. No subject is named here, and no group of
        people has fewer than ten.
      </p>
      <Days first="first day" last="last day" />
      <Loaded query={query}>{(view) => <Parts view={view} />}</Loaded>
    </div>
  );
}

function Parts({ view }: { view: CalibrationView }) {
  return (
    <>
      <p className="muted small" role="status">
        {view.from} to {view.to}: {counted(view.days, "day")}, on them {counted(view.person_days, "day")} of
        single people, {counted(view.alerts, "alert")}, {count(view.concluded)} of them concluded.
      </p>
      <Summary view={view} />
      <Promises view={view} />
      <FalseAlarms view={view} />
      <Fairness view={view} />
    </>
  );
}

function Summary({ view }: { view: CalibrationView }) {
  const found = alarms(view);
  return (
    <section className="panel stack" aria-label="what needs a look">
      <h2>What needs a look</h2>
      {found.length === 0 ? (
        <p>Nothing: where there is enough to tell, the numbers hold what they promise.</p>
      ) : (
        <ul className="bullets" data-alarms={found.length}>
          {found.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
