/** Hits over time as bars: hours, days or months, by how long the stretch is. */
import type { HuntDay } from "../../api/hunt";
import { DAY, dayAt, endOf, HOUR, instantAt, type Range, startOf } from "./range";

export type Unit = "hour" | "day" | "month";

/** One bar, and the bounds that it stands for. */
export interface Bucket {
  /** Names it among the others: `2026-05-04T10`, `2026-05-04` or `2026-05`. */
  key: string;
  from: string;
  to: string;
  hits: number;
  /** False while its days have not been counted. */
  known: boolean;
}

/** Longest stretch shown by hours, and by days. */
const HOURS_MOST = 3 * DAY;
const DAYS_MOST = 400 * DAY;
const BARS_MOST = 1200;

const lengths = { hour: 13, day: 10, month: 7 } as const;

/** Where a stretch begins and ends: as asked, else as far as days with hits were found. */
function bounds(days: HuntDay[], range: Range): { start: number; end: number } | null {
  const found = days.map(({ day }) => day).sort();
  const start = startOf(range.from) ?? startOf(found[0]);
  const end = endOf(range.to) ?? endOf(found.at(-1));
  return start === null || end === null || end <= start ? null : { start, end };
}

const unitOf = (length: number): Unit =>
  length <= HOURS_MOST ? "hour" : length <= DAYS_MOST ? "day" : "month";

/** The beginning of the bar after the one that begins at `at`. */
function next(at: number, unit: Unit): number {
  if (unit === "hour") return at + HOUR;
  if (unit === "day") return at + DAY;
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function floor(at: number, unit: Unit): number {
  if (unit === "hour") return Math.floor(at / HOUR) * HOUR;
  if (unit === "day") return Math.floor(at / DAY) * DAY;
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The last instant before `end`, as the API takes it: bounds belong to the stretch. */
const lastBefore = (end: number): string => instantAt(end - 1000).replace("Z", ".999999Z");

/** The bounds of a bar, never wider than what was asked. */
function cut(at: number, end: number, unit: Unit, range: Range): Range {
  const [asked, until] = [startOf(range.from) ?? at, endOf(range.to) ?? end];
  const from = asked > at ? range.from : unit === "hour" ? instantAt(at) : dayAt(at);
  const to = until < end ? range.to : unit === "hour" ? lastBefore(end) : dayAt(end - 1);
  return { from, to };
}

/** Bars of all the stretch, also where nothing was found; `done` says that whatever has no count has no hits. */
export function bucketed(days: HuntDay[], range: Range, done: boolean): { unit: Unit; buckets: Bucket[] } {
  const within = bounds(days, range);
  if (!within) return { unit: "day", buckets: [] };
  const unit = unitOf(within.end - within.start);
  const hits = new Map<string, number>();
  const counted = new Set<string>();
  const count = (key: string, value: number) => {
    hits.set(key, (hits.get(key) ?? 0) + value);
    counted.add(key);
  };
  for (const day of days) {
    if (unit === "hour")
      for (let hour = 0; hour < 24; hour += 1)
        count(`${day.day}T${String(hour).padStart(2, "0")}`, day.hours[hour] ?? 0);
    else count(day.day.slice(0, lengths[unit]), day.hits);
  }
  const buckets: Bucket[] = [];
  for (let at = floor(within.start, unit); at < within.end && buckets.length < BARS_MOST; ) {
    const end = next(at, unit);
    const key = new Date(at).toISOString().slice(0, lengths[unit]);
    const { from = "", to = "" } = cut(at, end, unit, range);
    buckets.push({ key, from, to, hits: hits.get(key) ?? 0, known: done || counted.has(key) });
    at = end;
  }
  return { unit, buckets };
}

/** The bounds from one bar to another, whichever comes first. */
export function narrowed(one: Bucket, other: Bucket): Range {
  const [first, last] = one.key <= other.key ? [one, other] : [other, one];
  return { from: first.from, to: last.to };
}

/** A bar's time as people read it. */
export function bucketWords({ key }: Pick<Bucket, "key">): string {
  return key.length === lengths.hour ? `${key.replace("T", " ")}:00` : key;
}
