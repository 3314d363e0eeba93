import { scaleLinear } from "d3-scale";
import { useState } from "react";
import type { Explanation, Row } from "../api/types";
import { age, decibans, odds, tenths } from "../words/format";
import { LEVEL_MEANS } from "../words/labels";
import { addingUp, folded, waterfall } from "./maths";
import styles from "./Waterfall.module.css";

const KEEP = 14;

type Line = Pick<Row, "title" | "contribution" | "kind" | "indicator" | "age_days" | "weight_then">;

function lines(explanation: Explanation, all: boolean): Line[] {
  const { kept, adding, lowering } = folded(explanation.rows, all ? Number.POSITIVE_INFINITY : KEEP);
  const rest = (title: string, { rows, sum }: { rows: number; sum: number }): Line[] =>
    rows === 0 ? [] : [{ title: `${rows} ${title}`, contribution: sum, kind: "rest", weight_then: 0 }];
  return [...kept, ...rest("lighter rows that add", adding), ...rest("lighter rows that lower", lowering)];
}

/** The score as rows that add up to it; a row about an indicator leads to it. */
export function Waterfall({
  explanation,
  pick,
}: {
  explanation: Explanation;
  pick?: (indicator: string) => void;
}) {
  const [all, setAll] = useState(false);
  const rows = lines(explanation, all);
  const shown = addingUp(
    rows.map((row) => row.contribution),
    explanation.score,
  );
  const bars = waterfall(rows.map((row) => row.contribution));
  const ends = bars.flatMap((bar) => [bar.from, bar.to]);
  const { watch, review, act } = explanation.bands;
  const x = scaleLinear([Math.min(-31, ...ends), Math.max(act + 4, ...ends)], [0, 100]);
  const bands = [
    { name: "watch", at: watch },
    { name: "review", at: review },
    { name: "act", at: act },
  ];
  return (
    <figure className={styles.waterfall}>
      <table data-score={explanation.score}>
        <caption className="sr">Rows that add up to the score of {decibans(explanation.score)}</caption>
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col" className={styles.when}>
              when
            </th>
            <th scope="col" className={styles.chart}>
              <span className="sr">running total</span>
              <span className={styles.scale} aria-hidden="true">
                {bands.map((band) => (
                  <span key={band.name} style={{ left: `${x(band.at)}%` }}>
                    {band.name}
                  </span>
                ))}
              </span>
            </th>
            <th scope="col" className="num">
              dB
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => {
            const bar = bars[at] ?? { from: 0, to: 0 };
            const { indicator } = row;
            const start = at === 0;
            return (
              <tr
                key={`${row.title}-${at.toString()}`}
                data-row={shown[at]}
                data-contribution={row.contribution}
              >
                <th scope="row" className={styles.title}>
                  {indicator && pick ? (
                    <button type="button" className="link" onClick={() => pick(indicator)}>
                      {row.title}
                    </button>
                  ) : (
                    row.title
                  )}
                </th>
                <td className={`${styles.when} muted small nowrap`}>{age(row.age_days)}</td>
                <td className={styles.chart}>
                  <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
                    {bands.map((band) => (
                      <line
                        key={band.name}
                        x1={x(band.at)}
                        x2={x(band.at)}
                        y1={-4}
                        y2={22}
                        className={styles.band}
                      />
                    ))}
                    <rect
                      x={x(Math.min(bar.from, bar.to))}
                      width={Math.max(0.5, Math.abs(x(bar.to) - x(bar.from)))}
                      y={3}
                      height={10}
                      className={start ? styles.start : row.contribution > 0 ? styles.plus : styles.minus}
                    />
                  </svg>
                </td>
                <td className="num">{tenths(shown[at] ?? 0, true)}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Score</th>
            <td className={styles.when} />
            <td className={styles.chart}>
              <svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
                <rect
                  x={x(explanation.score) - 0.4}
                  width={0.8}
                  y={-2}
                  height={20}
                  className={styles.total}
                />
              </svg>
            </td>
            <td className="num" data-total={tenths(explanation.score)}>
              {tenths(explanation.score, true)}
            </td>
          </tr>
        </tfoot>
      </table>
      {explanation.rows.length > KEEP + 2 && (
        <button type="button" className="link small" onClick={() => setAll(!all)}>
          {all ? "Fold small rows" : `Show all ${explanation.rows.length} rows`}
        </button>
      )}
      <figcaption className="muted small">
        Dotted lines: where watch, review and act begin. {decibans(explanation.score)} lies in the band{" "}
        <b>{explanation.level}</b>: {LEVEL_MEANS[explanation.level] ?? explanation.level}. By the weights that
        are set, which are estimates, the odds are {odds(explanation.score)}. An alert needs{" "}
        {tenths(explanation.alert_gate.needed)} dB of technical evidence; there are{" "}
        {tenths(explanation.alert_gate.technical)} dB, so there{" "}
        <b>{explanation.alert_gate.open ? "may" : "cannot"}</b> be one.
      </figcaption>
    </figure>
  );
}
