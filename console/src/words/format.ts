/** Numbers and times as people read them. */

const NARROW = "\u202f";
const MINUS = "\u2212";

/** `2026-05-04T08:15:30.123Z` as `2026-05-04 08:15:30`. */
export function time(text: string | null | undefined): string {
  return text ? text.replace("T", " ").replace(/(\.\d+)?(Z|[+-]\d\d:\d\d)$/, "") : "–";
}

/** The day of an instant. */
export function dayOf(text: string): string {
  return text.slice(0, 10);
}

/** A count with thin spaces between thousands. */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, NARROW);
}

/** `1 alert`, `2 alerts`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes in the unit that gives a short number. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? rest : rest.toFixed(1)} ${units[unit]}`;
}

/** A number with one decimal and a real minus sign; `sign` also writes a plus. */
export function tenths(value: number, sign = false): string {
  const shown = Math.abs(value).toFixed(1);
  const zero = shown === "0.0";
  if (value < 0 && !zero) return `${MINUS}${shown}`;
  return sign && !zero ? `+${shown}` : shown;
}

/** Decibans with sign and one decimal. */
export function decibans(value: number): string {
  return `${tenths(value, true)} dB`;
}

/** Odds that a score of decibans stands for, such as `1 to 100`; `even` where neither side is ahead. */
export function odds(score: number): string {
  const ratio = 10 ** (Math.abs(score) / 10);
  const shown = ratio < 10 ? String(Math.round(ratio * 10) / 10) : count(ratio);
  if (shown === "1") return "even";
  return score > 0 ? `${shown} to 1` : `1 to ${shown}`;
}

/** Days since joining, as one says it. */
export function tenure(days: number): string {
  if (days < 60) return counted(Math.max(0, days), "day");
  if (days < 730) return counted(Math.floor(days / 30.44), "month");
  return counted(Math.floor(days / 365.25), "year");
}

/** How long ago, for the rows of a score. */
export function age(days: number | null | undefined): string {
  if (days === null || days === undefined) return "";
  return days < 1 ? "today" : `${counted(Math.round(days), "day")} ago`;
}

/** Microseconds since 1970 as an instant in text. */
export function instant(micros: number): string {
  return new Date(micros / 1000).toISOString();
}

/** A length of time in its two largest units that matter: `3 min`, `2 h 5 min`, `4 days`. */
export function lasting(micros: number): string {
  const minutes = Math.max(0, Math.floor(micros / 60_000_000));
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours < 24) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  const days = Math.floor(hours / 24);
  const over = days < 3 ? hours % 24 : 0;
  return over === 0 ? counted(days, "day") : `${counted(days, "day")} ${over} h`;
}
