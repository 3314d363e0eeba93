/** The words and sizes of the report on clocks; no React here. */
import type { ClockFigure } from "../../api/reports";
import { counted, lasting } from "../../words/format";
import { said } from "../../words/labels";

/** Clocks in their order, with what each measures. */
export const CLOCKS: { id: ClockFigure["clock"]; name: string; means: string }[] = [
  {
    id: "triage",
    name: "Time to triage",
    means: "from an alert until somebody first does something with it",
  },
  { id: "share", name: "Time to share", means: "from opening a case until the other department joins" },
  {
    id: "contain",
    name: "Time to contain",
    means: "from opening a case until harm is stopped, or it is closed",
  },
  {
    id: "decide",
    name: "Time to decide",
    means: "from opening a case until its end is decided; pauses left out",
  },
  { id: "close", name: "Time to close", means: "from opening a case until it is closed; pauses left out" },
];

/** Which cases a figure is of. */
export function groupWords(one: ClockFigure): string {
  if (one.of === "all") return "all";
  if (one.of === "rest") return "the rest, together";
  const kind = said(one.kind ?? "unknown");
  const taken = one.clock === "triage" ? "taken by" : "opened by";
  if (one.department) return `${kind}, ${taken} ${said(one.department)}`;
  return one.clock === "triage" ? `${kind}, taken by nobody yet` : kind;
}

/** Seconds as people say them; nothing if there are too few. */
export const spanWords = (seconds: number | null): string =>
  seconds === null ? "–" : lasting(seconds * 1_000_000);

/** A share as a whole percentage. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A figure in one sentence, for who cannot see the drawing. */
export function sentence(one: ClockFigure): string {
  const noun = one.clock === "triage" ? "alert" : "case";
  const late = `${percent(one.late_share)} late`;
  if (one.median_seconds === null || one.ninetieth_seconds === null)
    return `${groupWords(one)}: ${counted(one.cases, noun)}, too few are over, ${late}`;
  return `${groupWords(one)}: ${counted(one.cases, noun)}, half within ${spanWords(one.median_seconds)}, nine in ten within ${spanWords(one.ninetieth_seconds)}, ${late}`;
}

/** Ends of the scale that fit figures: from 0 to the longest, never empty. */
export function longest(figures: ClockFigure[]): number {
  return Math.max(60, ...figures.map((one) => one.ninetieth_seconds ?? 0));
}
