import type { Appointment, Meeting } from "../../api/cases";
import { instant } from "../../words/format";
import { micros } from "./commands";

/** Lengths of a meeting that can be picked, minutes. */
export const LENGTHS = [15, 30, 45, 60, 90, 120, 180, 240, 480];

const MINUTE = 60_000_000;

/** When, where and with whom, as the fields hold it. */
export interface Appointed {
  /** `2026-05-04T10:00`, meant as UTC. */
  from: string;
  minutes: number;
  place: string;
  invited: string[];
}

/** Planned ones first, the next at the top; then what is over, the latest first. */
export function sorted(meetings: Meeting[]): Meeting[] {
  const planned = (one: Meeting) => one.state === "planned";
  return [...meetings].sort((a, b) => {
    if (planned(a) !== planned(b)) return planned(a) ? -1 : 1;
    return planned(a) ? a.from - b.from : b.from - a.from;
  });
}

/** A meeting in the fields. A length that cannot be picked becomes the next one that can. */
export function opened(one: Meeting): Appointed {
  const lasts = (one.until - one.from) / MINUTE;
  return {
    from: instant(one.from).slice(0, 16),
    minutes: LENGTHS.find((minutes) => minutes >= lasts) ?? 480,
    place: one.place ?? "",
    invited: one.invited,
  };
}

/** What the fields mean; `was` keeps a time that was not touched as it is, to the microsecond. */
export function appointment(value: Appointed, was?: Meeting): Appointment {
  const before = was && opened(was);
  const kept = was && value.from === before?.from && value.minutes === before.minutes;
  const from = kept ? was.from : (micros(value.from) ?? 0);
  const until = kept ? was.until : from + value.minutes * MINUTE;
  const place = value.place.trim();
  return { from, until, invited: value.invited, ...(place && { place }) };
}

/** What is still to be filled in. */
export function wanting(value: Appointed): string {
  if (micros(value.from) === undefined) return "Say when it begins.";
  return value.invited.length === 0 ? "Ask at least one member to come." : "";
}
