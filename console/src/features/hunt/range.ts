/** Stretches of time that are searched. */

/** Bounds as the API takes them: instants or days; a day means its beginning or its end. */
export interface Range {
  from?: string | undefined;
  to?: string | undefined;
}

/** Stretches that end now, by what the address calls them. */
export const LASTS = [
  { id: "24h", text: "24 hours", days: 1 },
  { id: "7d", text: "7 days", days: 7 },
  { id: "30d", text: "30 days", days: 30 },
  { id: "90d", text: "90 days", days: 90 },
] as const;

export const DEFAULT_LAST = "30d";
/** All that there is. */
export const ANY = "any";

export const DAY = 86_400_000;
export const HOUR = 3_600_000;

const MINUTE = 60_000;
const ONLY_DAY = /^\d{4}-\d{2}-\d{2}$/;

export const isDay = (text: string): boolean => ONLY_DAY.test(text);
export const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** An instant without its fraction of a second, if that is nought. */
export const instantAt = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");

/** The bounds that an address means. Own ones go before a stretch that ends now; without either it is the usual stretch. */
export function resolved(url: { last?: string | undefined } & Range, now: number): Range {
  if (url.from || url.to) return { from: url.from, to: url.to };
  if (url.last === ANY) return {};
  const minute = Math.floor(now / MINUTE) * MINUTE;
  if (url.last === "24h") return { from: instantAt(minute - DAY), to: instantAt(minute + MINUTE) };
  const { days } = LASTS.find(({ id }) => id === url.last) ?? { days: 30 };
  return { from: dayAt(now - (days - 1) * DAY), to: dayAt(now) };
}

/** Milliseconds since 1970 of a bound; nothing if it cannot be read. */
export function startOf(text: string | undefined): number | null {
  if (!text) return null;
  const at = Date.parse(isDay(text) ? `${text}T00:00:00Z` : text);
  return Number.isNaN(at) ? null : at;
}

/** The same of a bound's end, which does not belong to it any more. */
export function endOf(text: string | undefined): number | null {
  const at = startOf(text);
  return at === null || !text || !isDay(text) ? at : at + DAY;
}

/** Why bounds cannot be searched; empty if they can. */
export function wrong({ from, to }: Range): string {
  const [start, end] = [startOf(from), endOf(to)];
  if (from && start === null) return "The beginning is no time.";
  if (to && end === null) return "The end is no time.";
  if (start !== null && end !== null && start >= end) return "It ends before it begins.";
  return "";
}

/** Bounds as people read them. */
export function rangeWords({ from, to }: Range): string {
  const said = (text: string) => text.replace("T", " ").replace(/(\.\d+)?Z$/, "");
  if (!from && !to) return "any time";
  if (!from) return `until ${said(to ?? "")}`;
  if (!to) return `from ${said(from)}`;
  return from === to ? said(from) : `${said(from)} to ${said(to)}`;
}

/** A bound as a field for date and time takes it, in UTC. */
export function toField(text: string | undefined, end: boolean): string {
  if (!text) return "";
  if (isDay(text)) return `${text}T${end ? "23:59" : "00:00"}`;
  const at = startOf(text);
  return at === null ? "" : new Date(at).toISOString().slice(0, 16);
}

/** A bound out of such a field: a day where it is all of it, else the whole minute that is named. */
export function fromField(text: string, end: boolean): string | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(text);
  if (!found) return undefined;
  const [, day, time] = found;
  if (time === (end ? "23:59" : "00:00")) return day;
  return end ? `${day}T${time}:59.999999Z` : `${day}T${time}:00Z`;
}
