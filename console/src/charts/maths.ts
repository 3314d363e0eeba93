/** Arithmetic behind the charts; no React here. */

/** A bar of a waterfall: from and to, in decibans. */
export interface Bar {
  from: number;
  to: number;
}

/** Where each row stands: a bar starts where the one before ended, the last one ends at the score. */
export function waterfall(contributions: number[]): Bar[] {
  let at = 0;
  return contributions.map((value) => {
    const bar = { from: at, to: at + value };
    at += value;
    return bar;
  });
}

/** Values rounded to tenths so that what is shown adds up to the shown total: rounding is spent where it hurts least. */
export function addingUp(values: number[], total: number): number[] {
  const exact = values.map((value) => value * 10);
  const whole = exact.map((value) => Math.round(value));
  let missing = Math.round(total * 10) - whole.reduce((sum, value) => sum + value, 0);
  const step = Math.sign(missing);
  const order = exact
    .map((value, at) => ({ at, lost: (value - (whole[at] ?? 0)) * step }))
    .sort((a, b) => b.lost - a.lost);
  for (const { at } of order) {
    if (missing === 0) break;
    whole[at] = (whole[at] ?? 0) + step;
    missing -= step;
  }
  return whole.map((value) => value / 10);
}

/** Rows kept, and what the others come to. */
export interface Folded<T> {
  kept: T[];
  adding: { rows: number; sum: number };
  lowering: { rows: number; sum: number };
}

/** Keeps the first row and the heaviest others in their order, and sums up the rest by sign, so that it still adds up. */
export function folded<T extends { contribution: number }>(rows: T[], keep: number): Folded<T> {
  const total = (list: T[]) => ({
    rows: list.length,
    sum: list.reduce((sum, row) => sum + row.contribution, 0),
  });
  if (rows.length <= keep + 2) return { kept: rows, adding: total([]), lowering: total([]) };
  const heaviest = rows
    .slice(1)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, keep - 1);
  const chosen = new Set<T>(heaviest);
  const others = rows.slice(1).filter((row) => !chosen.has(row));
  return {
    kept: rows.filter((row, at) => at === 0 || chosen.has(row)),
    adding: total(others.filter((row) => row.contribution >= 0)),
    lowering: total(others.filter((row) => row.contribution < 0)),
  };
}

/** Cells of a week: 7 rows of 24 shares scaled so that the largest is 1. */
export function week(shares: number[]): number[][] {
  const most = Math.max(...shares, 0);
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 24 }, (_, hour) => (most > 0 ? (shares[day * 24 + hour] ?? 0) / most : 0)),
  );
}

/** Shares of a week's quarters of the day: 7 rows of 4, for the table beside the map. */
export function quarters(shares: number[]): number[][] {
  return Array.from({ length: 7 }, (_, day) =>
    Array.from({ length: 4 }, (_, part) => {
      const from = day * 24 + part * 6;
      return shares.slice(from, from + 6).reduce((sum, share) => sum + share, 0);
    }),
  );
}

const DAY = 86_400_000;

/** Every day from the first to the last, both included. */
export function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  const end = Date.parse(`${last}T00:00:00Z`);
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= end && days.length < 800; at += DAY) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

/** Days that deserve a label: firsts of months, or every seventh day in short stretches. */
export function dayTicks(days: string[], room: number): { at: number; day: string }[] {
  const all = days.map((day, at) => ({ at, day }));
  const firsts = all.filter(({ day }) => day.endsWith("-01"));
  const mondays = all.filter(({ day }) => new Date(`${day}T00:00:00Z`).getUTCDay() === 1);
  const fitting = [all, mondays, firsts].find((ticks) => ticks.length > 0 && ticks.length <= room);
  if (fitting) return fitting;
  const source = firsts.length > 0 ? firsts : all;
  const every = Math.ceil(source.length / Math.max(1, room));
  return source.filter((_, n) => n % every === 0);
}

/** Marks of one kind on one day. */
export interface MarkGroup<T> {
  day: string;
  kind: string;
  marks: T[];
}

/** Marks bundled by day and kind, so that a busy day is one mark with a count. */
export function bundled<T extends { time: string; kind: string }>(marks: T[]): MarkGroup<T>[] {
  const groups = new Map<string, MarkGroup<T>>();
  for (const mark of marks) {
    const day = mark.time.slice(0, 10);
    const key = `${day} ${mark.kind}`;
    const group = groups.get(key) ?? { day, kind: mark.kind, marks: [] };
    group.marks.push(mark);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => a.day.localeCompare(b.day));
}

/** How dark a count is drawn among counts up to `most`: by logarithm, since sources differ by orders of magnitude. */
export function shade(count: number, most: number): number {
  if (count <= 0 || most <= 0) return 0;
  return 0.18 + 0.82 * (Math.log1p(count) / Math.log1p(most));
}
