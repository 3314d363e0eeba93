import type { Params } from "../../api/client";
import type { Search } from "../../url";

/** How many rows one page shows. */
export const SIZE = 100;

/** What the address asks of the ledger; a `before` that is no number is none. */
export function asked(url: Search): Params {
  const text = (value: string | undefined) => value?.trim() || undefined;
  return {
    subject: text(url.subject),
    who: text(url.who),
    case: text(url.case),
    act: text(url.act),
    from: text(url.from),
    before: url.before && /^\d+$/.test(url.before) ? Number(url.before) : undefined,
    limit: SIZE,
  };
}

/** True if rows are left out by a filter. */
export function isFiltered(url: Search): boolean {
  return [url.subject, url.who, url.case, url.act, url.from].some((value) => Boolean(value?.trim()));
}
