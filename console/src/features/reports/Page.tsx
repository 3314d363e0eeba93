import { type ClockFigure, type ClockReport, clocksCsv, useClocks } from "../../api/reports";
import { Spans } from "../../charts/Spans";
import { useSession } from "../../session/session";
import { Days } from "../../ui/Days";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { CLOCKS, groupWords, longest, percent, sentence, spanWords } from "./figures";

/** How long things took: figures that point at nobody. */
export function ReportsPage() {
  const [url] = useUrl();
  const { sees_reports, exports_reports } = useSession().capabilities;
  const params = { from: url.from, to: url.to };
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
        <h1>Reports</h1>
        {exports_reports && (
          <a className="button" href={clocksCsv(params)} download="clocks.csv">
            Save as CSV
          </a>
        )}
      </div>
      <p className="muted">
        How long it took until somebody looked, until the other department knew, until harm was stopped. Never
        of fewer than five cases, so that no figure points at a person; what is too small alone is shown
        together.
      </p>
      <Days first="opened or raised from" last="until" />
      <Clocks params={params} />
    </div>
  );
}

function Clocks({ params }: { params: { from: string | undefined; to: string | undefined } }) {
  const query = useClocks(params);
  return (
    <Loaded query={query}>
      {(report) => (
        <>
          <p className="muted small" role="status">
            {report.from.slice(0, 10)} to {report.to.slice(0, 10)}. Solid: half took at most as long. Pale:
            nine in ten did. At the end of a row: the share that took longer than the target of its severity.
          </p>
          {report.figures.length === 0 && (
            <Empty title="Not enough to report">
              A clock is shown once {counted(report.least, "case")} of this time have it. Choose a longer
              time.
            </Empty>
          )}
          {CLOCKS.map(({ id, name, means }) => (
            <One key={id} name={name} means={means} figures={report.figures.filter((f) => f.clock === id)} />
          ))}
          <KeptBack report={report} />
        </>
      )}
    </Loaded>
  );
}

function One({ name, means, figures }: { name: string; means: string; figures: ClockFigure[] }) {
  if (figures.length === 0) return null;
  return (
    <section className="panel stack" aria-label={name}>
      <h2>{name}</h2>
      <p className="muted small">{means}</p>
      {figures.some((one) => one.median_seconds !== null) && (
        <Spans
          label={`${name}, drawn`}
          longest={longest(figures)}
          tick={spanWords}
          spans={figures.map((one) => ({
            id: groupWords(one),
            name: groupWords(one),
            words: sentence(one),
            half: one.median_seconds,
            most: one.ninetieth_seconds,
            end: `${percent(one.late_share)} late`,
          }))}
        />
      )}
      <section className="scroll" aria-label={`${name}, as a table`} tabIndex={0}>
        <table>
          <caption className="sr">{name}</caption>
          <thead>
            <tr>
              <th scope="col">which</th>
              <th scope="col" className="num">
                how many
              </th>
              <th scope="col" className="num">
                still running
              </th>
              <th scope="col" className="num">
                half within
              </th>
              <th scope="col" className="num">
                nine in ten within
              </th>
              <th scope="col" className="num">
                late
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.map((one) => (
              <tr key={groupWords(one)} data-figure={groupWords(one)}>
                <th scope="row">{groupWords(one)}</th>
                <td className="num">{count(one.cases)}</td>
                <td className="num">{count(one.running)}</td>
                <td className="num nowrap">{spanWords(one.median_seconds)}</td>
                <td className="num nowrap">{spanWords(one.ninetieth_seconds)}</td>
                <td className="num nowrap">
                  {count(one.late)} ({percent(one.late_share)})
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

function KeptBack({ report }: { report: ClockReport }) {
  if (report.kept_back.length === 0) return null;
  const words = report.kept_back.map(({ clock, cases }) => `${clock}: ${count(cases)}`);
  return (
    <p className="muted small">
      Too few to be shown ({words.join(", ")}): a figure needs {counted(report.least, "case")}.
    </p>
  );
}
