import type { ClockReading, Marks } from "../../api/cases";
import { instant, lasting, time } from "../../words/format";

/** What one clock of a case shows. */
export interface Reading {
  name: string;
  /** When it stopped; nothing while it runs. */
  at: string | null;
  words: string;
  running: boolean;
  /** How that stands against its target; nothing where there is none. */
  target: string | null;
  late: boolean;
}

/** Which clock leads to which mark. */
const CLOCK = { shared: "share", contained: "contain", decided: "decide", closed: "close" } as const;

/** How a clock stands against what it may take at the case's severity. */
function against(read: ClockReading | undefined, reached: boolean, now: number): string | null {
  if (!read) return null;
  const target = lasting(read.target_seconds * 1_000_000);
  if (reached) return read.overdue ? `late: target ${target}` : `in time: target ${target}`;
  if (read.stopped !== null || read.paused) return `target ${target}`;
  return `due ${dueWords(Date.parse(read.due) * 1000, now)}`;
}

/** The clocks of a case at `now` (microseconds): how long until it was shared, contained, decided, and, once it is, closed. */
export function clocks(marks: Marks, now: number, read: ClockReading[] = []): Reading[] {
  const age = lasting(now - marks.opened);
  const opened: Reading = {
    name: "opened",
    at: time(instant(marks.opened)),
    words: `${age} ago`,
    running: false,
    target: null,
    late: false,
  };
  const names = [
    "shared",
    "contained",
    "decided",
    ...(marks.closed === null ? [] : ["closed" as const]),
  ] as const;
  const rest = names.map((name): Reading => {
    const mark = marks[name];
    const found = read.find(({ clock }) => clock === CLOCK[name]);
    const target = against(found, mark !== null, now);
    const late = found?.overdue ?? false;
    if (mark !== null)
      return {
        name,
        at: time(instant(mark)),
        words: `after ${lasting(mark - marks.opened)}`,
        running: false,
        target,
        late,
      };
    // A case that is over was not shared, contained or decided on the way; nothing runs any more.
    if (marks.closed !== null) return { name, at: null, words: "never", running: false, target, late };
    const paused = name === "decided" && marks.pauses.some((p) => p.until === null);
    return {
      name,
      at: null,
      words: paused ? "not yet, paused" : `not yet, ${age} so far`,
      running: true,
      target,
      late,
    };
  });
  return [opened, ...rest];
}

/** How long until something is due, or since when it is late. */
export function dueWords(due: number, now: number): string {
  return due < now ? `${lasting(now - due)} late` : `in ${lasting(due - now)}`;
}
