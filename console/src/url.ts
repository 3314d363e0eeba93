import { useNavigate, useSearch } from "@tanstack/react-router";

/** Everything that pages keep in the address, so that a view can be sent to a colleague. */
export interface Search {
  day?: string | undefined;
  level?: string | undefined;
  status?: string | undefined;
  queue?: string | undefined;
  view?: string | undefined;
  at?: string | undefined;
  event?: string | undefined;
  indicator?: string | undefined;
  q?: string | undefined;
  department?: string | undefined;
  sort?: string | undefined;
  page?: string | undefined;
  tab?: string | undefined;
  sql?: string | undefined;
  account?: string | undefined;
  subject?: string | undefined;
  class?: string | undefined;
  source?: string | undefined;
  text?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  last?: string | undefined;
  limit?: string | undefined;
  all?: string | undefined;
  columns?: string | undefined;
  run?: string | undefined;
  reject?: string | undefined;
  rule?: string | undefined;
  case?: string | undefined;
  origin?: string | undefined;
  duty?: string | undefined;
  note?: string | undefined;
  item?: string | undefined;
  who?: string | undefined;
  act?: string | undefined;
  before?: string | undefined;
  role?: string | undefined;
  purpose?: string | undefined;
  policy?: string | undefined;
  file?: string | undefined;
}

/** Keeps only text. */
export function textOnly(raw: Record<string, unknown>): Search {
  const kept = Object.entries(raw).filter(([, value]) => typeof value === "string" && value !== "");
  return Object.fromEntries(kept) as Search;
}

/** `?a=b` as a record; values stay text. */
export function parseSearch(text: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** A record as `?a=b`; what has no value is left out. */
export function writeSearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}

/** The number of a case, if it is one. */
export function caseNumber(text: string | undefined): string | undefined {
  return text && /^C-\d{4}-\d{4,9}$/.test(text) ? text : undefined;
}

/** The case for which a page is looked at: the address says so. */
export function useCase(): string | undefined {
  const search = useSearch({ strict: false }) as Search;
  return caseNumber(search.case);
}

/** The page's state in the address and a way to change parts of it. */
export function useUrl(): [Search, (patch: Search, how?: { replace?: boolean }) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = (patch: Search, how?: { replace?: boolean }) => {
    void navigate({
      to: ".",
      search: (old: Search) => ({ ...old, ...patch }),
      replace: how?.replace ?? false,
      resetScroll: false,
    });
  };
  return [search, change];
}
