/** A saved search in SQL that is asked again and again: what is filled in, and what came of it. */
import type { SavedSearch } from "../../api/hunt";
import type { QueryRun, ScheduleWording } from "../../api/scheduled";
import { counted, time } from "../../words/format";
import { missingSaid, type Said } from "./ruling";

/** How often it can be asked, minutes. */
export const EVERY = [
  { id: "5", text: "5 minutes" },
  { id: "15", text: "15 minutes" },
  { id: "60", text: "hour" },
  { id: "240", text: "4 hours" },
  { id: "1440", text: "day" },
] as const;

/** As it is filled in. */
export interface ScheduleForm extends Said {
  every: string;
  account: string;
  time: string;
}

/** What the form begins with: what there is already, or what is usual. */
export function formOf(saved: SavedSearch): ScheduleForm {
  const { schedule } = saved;
  return {
    title: schedule?.title ?? saved.name,
    level: schedule?.level ?? "medium",
    threat: schedule?.threat ?? "",
    stage: schedule?.stage ?? "",
    every: String(schedule?.every_minutes ?? 60),
    account: schedule?.account ?? "account",
    time: schedule?.time ?? "time",
  };
}

/** The choices, with the one in use even if it is none of the usual ones. */
export function choicesOf(every: string): { id: string; text: string }[] {
  return EVERY.some(({ id }) => id === every)
    ? [...EVERY]
    : [{ id: every, text: `${every} minutes` }, ...EVERY];
}

/** What has to be filled in first; empty if it can be sent. */
export function missingInSchedule(form: ScheduleForm): string {
  const missing = missingSaid(form);
  if (missing !== "") return missing;
  if (form.account.trim() === "") return "Name the column that says the account first.";
  return form.time.trim() === "" ? "Name the column that says when first." : "";
}

/** As it is sent. */
export function wordingOfSchedule(form: ScheduleForm): ScheduleWording {
  const { title, level, threat, stage, every, account } = form;
  return {
    every_minutes: Number(every),
    title: title.trim(),
    level,
    threat,
    stage,
    account: account.trim(),
    time: form.time.trim(),
  };
}

/** How often it is asked, in words. */
export const everyWords = (minutes: number): string =>
  `asked every ${EVERY.find(({ id }) => id === String(minutes))?.text ?? `${minutes} minutes`}`;

/** What came of it last, in a sentence. */
export function runWords(last: QueryRun | null | undefined): string {
  if (!last) return "It was not asked yet.";
  const at = time(last.at);
  if (last.error) return `It failed at ${at}.`;
  if (last.days === 0) return `Asked at ${at}: no events had come since.`;
  return `Asked at ${at} about ${counted(last.days, "day")}: ${counted(last.rows, "row")}, ${last.new} of them new.`;
}

/** What is wrong with its answer, a sentence each. */
export function troublesOf(last: QueryRun | null | undefined): string[] {
  if (!last) return [];
  const told: string[] = [];
  if (last.error) told.push(last.error);
  if (last.truncated)
    told.push("It answered more rows of a day than are taken. Narrow it, or have it count.");
  if (last.without_time > 0)
    told.push(`${counted(last.without_time, "row")} had no time on the day that was asked about.`);
  if (last.days_left_out)
    told.push("Events came of more days than are asked about at once: look at the oldest by hand.");
  if (last.without_account > 0)
    told.push(`${counted(last.without_account, "row")} named no account of a person.`);
  return told;
}
