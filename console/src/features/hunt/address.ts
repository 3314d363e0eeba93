/** A search in the address of the page, so that it can be sent to a colleague. */
import { LIMIT_MOST } from "../../api/hunt";
import { quote, termOf } from "../../evidence/query";
import type { Search } from "../../url";
import { ANY, DEFAULT_LAST, type Range } from "./range";

/** Events shown without asking for more. */
export const LIMIT = 500;

/** What somebody searches for. */
export interface Asked extends Range {
  query: string;
  /** Pseudonym of whom it is about. */
  subject?: string | undefined;
  /** A stretch that ends now; it counts without bounds only. */
  last: string;
  limit: number;
  /** Fields shown besides the usual ones. */
  columns: string[];
}

/** Most fields that one search shows besides the usual ones. */
export const COLUMNS_MOST = 20;

const columnsIn = (text: string | undefined): string[] =>
  [...new Set((text ?? "").split(",").filter(Boolean))].slice(0, COLUMNS_MOST);

const shown = (text: string | undefined): number => {
  const number = Number(text);
  return Number.isInteger(number) && number > 0 ? Math.min(number, LIMIT_MOST) : LIMIT;
};

/** What the address asks for, as far as it says; an address without a search asks for nothing yet. */
export function askedOf(url: Search): Asked & { run: boolean } {
  return {
    query: url.q ?? "",
    subject: url.subject,
    last: url.last ?? DEFAULT_LAST,
    from: url.from,
    to: url.to,
    limit: shown(url.limit),
    columns: columnsIn(url.columns),
    run: Boolean(url.q || url.subject || url.all),
  };
}

/** What to write into the address so that it asks for this, and for nothing else. */
export function addressOf(asked: Asked): Search {
  const query = asked.query.trim();
  const own = Boolean(asked.from || asked.to);
  return {
    q: query || undefined,
    subject: asked.subject?.trim() || undefined,
    last: own || asked.last === DEFAULT_LAST ? undefined : asked.last,
    from: asked.from || undefined,
    to: asked.to || undefined,
    limit: asked.limit === LIMIT ? undefined : String(asked.limit),
    columns: asked.columns.join(",") || undefined,
    // A search for everything is one too.
    all: query ? undefined : "1",
  };
}

/** The address of today for one that was written for the form of earlier days; nothing if it is one of today already. */
export function fromForm(url: Search): Search | null {
  const { account, source, text } = url;
  const fields = [account, source, text, url.class].some(Boolean);
  const today = url.q || url.all || url.last || url.from || url.to;
  if (!fields && !(url.subject && !today)) return null;
  const terms = [
    url.q,
    account && termOf("account", account.trim().toLowerCase()),
    source && termOf("source", source.trim()),
    url.class && termOf("class", url.class.trim()),
    text && quote(text.trim()),
  ].filter(Boolean);
  const asked = {
    query: terms.join(" "),
    subject: url.subject,
    // The form searched all time unless it was told otherwise.
    last: url.last ?? ANY,
    from: url.from,
    to: url.to,
    limit: shown(url.limit),
    columns: columnsIn(url.columns),
  };
  return { ...addressOf(asked), account: undefined, source: undefined, class: undefined, text: undefined };
}
