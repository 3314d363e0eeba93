import type { Explanation } from "../../api/types";
import { tenths } from "../../words/format";
import { isHuman, said } from "../../words/labels";

/** What each kind of evidence adds, and the most it may add. */
export function GroupTotals({ groups }: { groups: Explanation["groups"] }) {
  const present = groups.filter((group) => group.raw !== 0 || group.applied !== 0);
  if (present.length === 0) return null;
  return (
    <section className="panel">
      <h2>
        By kind of evidence <span className="muted small">dB</span>
      </h2>
      <table>
        <caption className="sr">Decibans by kind of evidence</caption>
        <thead>
          <tr>
            <th scope="col">kind</th>
            <th scope="col" className="num">
              found
            </th>
            <th scope="col" className="num">
              counts
            </th>
            <th scope="col" className="num">
              at most
            </th>
          </tr>
        </thead>
        <tbody>
          {present.map((group) => (
            <tr key={group.group}>
              <td>
                {said(group.group)}
                {isHuman(group.group) && <span className="muted small"> (human side)</span>}
              </td>
              <td className="num">{tenths(group.raw)}</td>
              <td className="num">
                <b>{tenths(group.applied)}</b>
              </td>
              <td className="num muted">{tenths(group.cap)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Which threat the evidence points to. */
export function Threats({ threats }: { threats: Explanation["threats"] }) {
  if (threats.length === 0) return null;
  return (
    <section className="panel">
      <h2>Which threat it points to</h2>
      <dl className="stack" style={{ margin: 0, gap: 6 }}>
        {threats.map(({ threat, share }) => (
          <div key={threat} className="row" style={{ flexWrap: "nowrap" }}>
            <dt style={{ width: 74 }}>{threat}</dt>
            <dd className="row" style={{ margin: 0, flex: 1, flexWrap: "nowrap" }}>
              <svg
                viewBox="0 0 100 8"
                preserveAspectRatio="none"
                style={{ flex: 1, height: 8 }}
                aria-hidden="true"
              >
                <rect width={100} height={8} fill="var(--panel-2)" />
                <rect width={share * 100} height={8} fill="var(--accent)" />
              </svg>
              <span className="num">{Math.round(share * 100)} %</span>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
