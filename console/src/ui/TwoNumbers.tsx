import type { ImpactView } from "../api/risk";
import { decibans } from "../words/format";
import { IMPACTS, LEVEL_MEANS } from "../words/labels";

/** Likelihood and impact side by side: two numbers that are never made one. */
export function TwoNumbers({ level, score, impact }: { level: string; score: number; impact: ImpactView }) {
  return (
    <section className="panel stack" data-two-numbers>
      <h2>Two numbers</h2>
      <dl className="stack" style={{ margin: 0 }}>
        <div>
          <dt>
            <b>How likely: {level}</b> <span className="muted small">({decibans(score)})</span>
          </dt>
          <dd style={{ margin: 0 }} className="small">
            How much evidence there is that something is wrong: {LEVEL_MEANS[level] ?? level}.
          </dd>
        </div>
        <div>
          <dt>
            <b>
              How bad: {impact.level} of 3, {IMPACTS[impact.level] ?? "unknown"}
            </b>
          </dt>
          <dd style={{ margin: 0 }} className="small">
            {impact.words.join(" ")}
          </dd>
        </div>
      </dl>
      <p className="muted small">
        They are never multiplied: little evidence about much harm stays little evidence.
      </p>
    </section>
  );
}
