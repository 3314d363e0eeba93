import type { CalibrationView, Rates } from "../../api/calibration";
import { Ratios } from "../../charts/Ratios";
import { Empty } from "../../ui/states";
import { count } from "../../words/format";
import { levelWords, rateSentence, ratioOf, readingWords, TOLERATED, telling, times } from "./reading";

/** Most rows of a picture. */
const ROWS = 14;

/** Whether rare days are as rare as is said: all days, by peer group, by kind of activity. */
export function Promises({ view }: { view: CalibrationView }) {
  if (!view.overall)
    return (
      <section className="panel stack" aria-label="are rare days rare">
        <h2>Are rare days as rare as we say?</h2>
        <Empty title="Nothing counted yet">
          Days are counted once enough is known of people and of the company, and when they are analysed.
        </Empty>
      </section>
    );
  return (
    <section className="panel stack" aria-label="are rare days rare">
      <h2>Are rare days as rare as we say?</h2>
      <p className="muted small">
        Each active day of each person gets a share: how many days are at least as unusual. Of days said to be
        “1 in 100”, one in a hundred days should be. The shade holds half to twice as often; the line is what
        chance leaves open (95 %; days of one person hang together, so a little more is).
      </p>
      <ul className="bullets">
        {view.overall.at.map((rate) => (
          <li key={rate.level}>{rateSentence(rate)}.</li>
        ))}
      </ul>
      <h3>By peer group</h3>
      <Ratios
        label="1 in 100 days, everybody and by peer group, drawn"
        tolerated={TOLERATED}
        ratios={[view.overall, ...view.groups.slice(0, ROWS)].map((one) => ratioOf(one, 0))}
      />
      <RateTable caption="Everybody and peer groups" rates={[view.overall, ...view.groups]} />
      <h3>By kind of activity</h3>
      <Channels channels={view.channels} />
    </section>
  );
}

function Channels({ channels }: { channels: Rates[] }) {
  const shown = telling(channels, 0, ROWS);
  return (
    <>
      {shown.length === 0 ? (
        <p className="muted">Too few days to tell.</p>
      ) : (
        <Ratios
          label="1 in 100 days by kind of activity, drawn"
          tolerated={TOLERATED}
          ratios={shown.map((one) => ratioOf(one, 0))}
        />
      )}
      <p className="muted small">
        What hardly ever happens cannot be among the rarest hundredth that often: “seldom by itself” is no
        fault. Counts move in steps, so single kinds may stand a little off.
      </p>
      <RateTable caption="Kinds of activity" rates={channels} surprised />
    </>
  );
}

function RateTable({
  caption,
  rates,
  surprised = false,
}: {
  caption: string;
  rates: Rates[];
  surprised?: boolean;
}) {
  const levels = rates[0]?.at.map(({ level }) => level) ?? [];
  return (
    <details className="small">
      <summary>{caption}, as a table</summary>
      <section className="scroll" aria-label={`${caption}, as a table`} tabIndex={0}>
        <table>
          <caption className="sr">{caption}</caption>
          <thead>
            <tr>
              <th scope="col">which</th>
              <th scope="col" className="num">
                person-days
              </th>
              {surprised && (
                <th scope="col" className="num">
                  with any surprise
                </th>
              )}
              {levels.flatMap((level) => [
                <th key={`${level} seen`} scope="col" className="num">
                  {levelWords(level)}: found
                </th>,
                <th key={`${level} right`} scope="col" className="num">
                  right would be
                </th>,
                <th key={`${level} ratio`} scope="col" className="num">
                  times
                </th>,
                <th key={`${level} reading`} scope="col">
                  which is
                </th>,
              ])}
            </tr>
          </thead>
          <tbody>
            {rates.map((one) => (
              <tr key={one.id} data-rates={one.id}>
                <th scope="row">{one.words}</th>
                <td className="num">{count(one.person_days)}</td>
                {surprised && <td className="num">{count(one.surprised ?? 0)}</td>}
                {one.at.flatMap((rate) => [
                  <td key={`${rate.level} seen`} className="num">
                    {count(rate.seen)}
                  </td>,
                  <td key={`${rate.level} right`} className="num">
                    {rate.expected < 10 ? rate.expected.toFixed(1) : count(rate.expected)}
                  </td>,
                  <td key={`${rate.level} ratio`} className="num nowrap">
                    {times(rate.ratio)}
                  </td>,
                  <td key={`${rate.level} reading`} className="nowrap">
                    {readingWords(rate.reading)}
                  </td>,
                ])}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
