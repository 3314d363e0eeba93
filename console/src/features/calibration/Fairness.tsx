import type { Attribute, CalibrationView } from "../../api/calibration";
import { Ratios } from "../../charts/Ratios";
import { Empty } from "../../ui/states";
import { count } from "../../words/format";
import { attributeWords, causeSentence, groupRatio, percent, times } from "./reading";

/** A group is within the rule until everybody else has less than four fifths of its rate. */
const RULE: [number, number] = [0.8, 1.25];

/** Whether alerts fall evenly on groups of people, and what makes the difference. */
export function Fairness({ view }: { view: CalibrationView }) {
  return (
    <section className="panel stack" aria-label="do alerts fall evenly">
      <h2>Do alerts fall evenly?</h2>
      <p className="muted small">
        Of each group, the share of people who had at least one alert, against everybody else. By the
        four-fifths rule a difference deserves a look once everybody else has less than four fifths of a
        group's share (shaded: within the rule). A difference may have a good reason: it has to be known. Age,
        sex, origin, health, belief and union are not kept and not compared. Groups of fewer than{" "}
        {view.least_people} people are never shown by themselves.
      </p>
      {view.attributes.length === 0 && (
        <Empty title="Nothing to compare">
          Two groups of at least {view.least_people} people are needed; people files name them.
        </Empty>
      )}
      {view.attributes.map((one) => (
        <One key={one.attribute} attribute={one} />
      ))}
    </section>
  );
}

function One({ attribute }: { attribute: Attribute }) {
  const name = attributeWords(attribute);
  return (
    <section className="stack" aria-label={name} data-attribute={attribute.attribute}>
      <h3>{name}</h3>
      {attribute.worst && <p data-cause>{causeSentence(attribute)}</p>}
      <Ratios
        label={`alerts by ${name.toLowerCase()}, drawn`}
        tolerated={RULE}
        ratios={attribute.groups.map((group) => groupRatio(attribute, group))}
      />
      <details className="small">
        <summary>As a table</summary>
        <section className="scroll" aria-label={`alerts by ${name.toLowerCase()}`} tabIndex={0}>
          <table>
            <caption className="sr">Alerts by {name.toLowerCase()}</caption>
            <thead>
              <tr>
                <th scope="col">group</th>
                <th scope="col" className="num">
                  people
                </th>
                <th scope="col" className="num">
                  with an alert
                </th>
                <th scope="col" className="num">
                  alerts
                </th>
                <th scope="col" className="num">
                  share
                </th>
                <th scope="col" className="num">
                  everybody else
                </th>
                <th scope="col" className="num">
                  times
                </th>
                <th scope="col">which is</th>
              </tr>
            </thead>
            <tbody>
              {attribute.groups.map((group) => (
                <tr key={group.name} data-group={group.name}>
                  <th scope="row">{group.name}</th>
                  <td className="num">{count(group.people)}</td>
                  <td className="num">{count(group.alerted)}</td>
                  <td className="num">{count(group.alerts)}</td>
                  <td className="num">{percent(group.rate)}</td>
                  <td className="num">{percent(group.rest_rate)}</td>
                  <td className="num nowrap">{times(group.ratio)}</td>
                  <td className="nowrap">{groupRatio(attribute, group).end}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </section>
  );
}
