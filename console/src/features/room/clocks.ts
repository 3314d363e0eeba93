import type { Marks } from "../../api/cases";
import { instant, lasting, time } from "../../words/format";

/** What one clock of a case shows. */
export interface Reading {
  name: string;
  /** When it stopped; nothing while it runs. */
  at: string | null;
  words: string;
  running: boolean;
}

/** The clocks of a case at `now` (microseconds): how long until it was shared, contained, decided, and, once it is, closed. */
export function clocks(marks: Marks, now: number): Reading[] {
  const age = lasting(now - marks.opened);
  const opened: Reading = {
    name: "opened",
    at: time(instant(marks.opened)),
    words: `${age} ago`,
    running: false,
  };
  const names = [
    "shared",
    "contained",
    "decided",
    ...(marks.closed === null ? [] : ["closed" as const]),
  ] as const;
  const rest = names.map((name): Reading => {
    const mark = marks[name];
    if (mark !== null)
      return {
        name,
        at: time(instant(mark)),
        words: `after ${lasting(mark - marks.opened)}`,
        running: false,
      };
    // A case that is over was not shared, contained or decided on the way; nothing runs any more.
    if (marks.closed !== null) return { name, at: null, words: "never", running: false };
    const paused = name === "decided" && marks.pauses.some((p) => p.until === null);
    return { name, at: null, words: paused ? "not yet, paused" : `not yet, ${age} so far`, running: true };
  });
  return [opened, ...rest];
}

/** How long until something is due, or since when it is late. */
export function dueWords(due: number, now: number): string {
  return due < now ? `${lasting(now - due)} late` : `in ${lasting(due - now)}`;
}
