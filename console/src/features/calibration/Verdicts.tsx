import type { CalibrationView, Concluded } from "../../api/calibration";
import { Empty } from "../../ui/states";
import { count } from "../../words/format";
import { nameOf, shareWords } from "./reading";

/** How often alerts were false alarms, by queue and by what raised them. */
export function FalseAlarms({ view }: { view: CalibrationView }) {
  return (
    <section className="panel stack" aria-label="false alarms">
      <h2>How often was it a false alarm?</h2>
      <p className="muted small">
        Of alerts that people concluded. Benign counts as a false alarm: it cost a look at somebody. A share
        is shown from {view.least} verdicts on, with the range that holds the true one with 95 % confidence.
        “The next ones” starts from what all detectors found, with the weight of {view.prior_cases} cases, so
        that few verdicts do not decide.
      </p>
      {view.queues.length === 0 ? (
        <Empty title="No alerts">There were none in this time.</Empty>
      ) : (
        <>
          <VerdictTable caption="By queue" rows={view.queues} />
          <VerdictTable caption="By detector" rows={view.detectors} />
        </>
      )}
    </section>
  );
}

function VerdictTable({ caption, rows }: { caption: string; rows: Concluded[] }) {
  return (
    <section className="scroll" aria-label={`false alarms, ${caption.toLowerCase()}`} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{caption === "By queue" ? "queue" : "rule or detector"}</th>
            <th scope="col" className="num">
              alerts
            </th>
            <th scope="col" className="num">
              concluded
            </th>
            <th scope="col" className="num">
              true
            </th>
            <th scope="col" className="num">
              benign
            </th>
            <th scope="col" className="num">
              false
            </th>
            <th scope="col" className="num">
              cannot be said
            </th>
            <th scope="col" className="num">
              false alarms
            </th>
            <th scope="col" className="num">
              true, of the next ones
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.id} data-concluded={one.id}>
              <th scope="row">{nameOf(one)}</th>
              <td className="num">{count(one.alerts)}</td>
              <td className="num">{count(one.said + one.insufficient_data)}</td>
              <td className="num">{count(one.true_positive)}</td>
              <td className="num">{count(one.benign)}</td>
              <td className="num">{count(one.false_positive)}</td>
              <td className="num">{count(one.insufficient_data)}</td>
              <td className="num nowrap">{shareWords(one.false_alarms)}</td>
              <td className="num nowrap">{shareWords(one.next)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
