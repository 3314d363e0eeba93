/** What verdicts say about rules, in words; no React here. */
import type { DetectorFeedback } from "../../api/reports";
import { said } from "../../words/labels";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** What a detector is called. */
export function nameOf(one: Pick<DetectorFeedback, "detector" | "rule">): string {
  return one.rule?.title ?? said(one.detector.replaceAll(":", ": "));
}

/** Precision with its uncertainty; before enough verdicts only how many are missing. */
export function precisionWords(one: Pick<DetectorFeedback, "precision" | "said">, least: number): string {
  if (one.precision === null) return `${Math.max(least - one.said, 0)} more verdicts needed`;
  const { low, share, high } = one.precision;
  return `${percent(share)} (${percent(low)} to ${percent(high)})`;
}
