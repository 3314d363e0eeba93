import type { Contest, Own, OwnSource } from "../../api/own";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";

/** Months shown of each source. */
const MONTHS = 13;

/** Sources by month: the newest months in which there is anything, oldest first, and a row of counts for each source. */
export function byMonth(sources: OwnSource[]): {
  months: string[];
  rows: { source: string; counts: number[] }[];
} {
  const all = new Set(sources.flatMap((one) => one.months.map(({ month }) => month)));
  const months = [...all].sort().slice(-MONTHS);
  const rows = sources.map((one) => {
    const counts = new Map(one.months.map((entry) => [entry.month, entry.count]));
    return { source: one.source, counts: months.map((month) => counts.get(month) ?? 0) };
  });
  return { months, rows };
}

/** How often others looked at all, and how often the name was shown. */
export function lookWords(looks: Own["looks"]): string {
  const total = looks.reduce((sum, row) => sum + row.looks, 0);
  const names = looks.reduce((sum, row) => sum + row.names, 0);
  if (total === 0 && names === 0) return "Nobody has looked, as far as it can be told now.";
  const shown = names === 0 ? "Your name was not shown." : `Your name was shown ${counted(names, "time")}.`;
  return `There were ${counted(total, "look")} under your pseudonym. ${shown}`;
}

/** How long it is kept. */
export function keptWords(days: number | null): string {
  return days === null ? "no period is set" : `${count(days)} days`;
}

/** What a contest is about. */
export function matter(one: Pick<Contest, "fact" | "indicator">, titles: Map<string, string>): string {
  if (one.fact !== null) return one.fact;
  return titles.get(one.indicator ?? "") ?? "something that was noticed";
}

/** Where a contest stands, for the person who made it. */
export function standing(one: Contest): string {
  if (one.answer) return `answered: ${said(one.answer.answer)}`;
  const due = `an answer is due by ${one.due.slice(0, 10)}${one.extended ? " (extended)" : ""}`;
  const taken = one.state === "acknowledged" ? "in hand" : "received";
  return one.overdue
    ? `${taken}; the answer is late: it was due by ${one.due.slice(0, 10)}`
    : `${taken}; ${due}`;
}

/** What waits first, the most urgent first; then what is answered. */
export function queue(list: Contest[]): Contest[] {
  return [...list].sort(
    (a, b) => Number(a.state === "answered") - Number(b.state === "answered") || a.due.localeCompare(b.due),
  );
}
