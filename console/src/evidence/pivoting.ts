/** From a value of an event to the search for it. */
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type Search, useUrl } from "../url";
import { termOf, withTerm } from "./query";

export type Pivoting = "add" | "exclude" | "alone";

/** Longest value that a search is made of, characters: longer ones are no names of anything. */
export const VALUE_MOST = 500;

const HUNT = "/hunt";

/** The address of a search with a term; what else was searched for stays, unless the term stands alone. */
export function pivoted(url: Search, here: boolean, term: string, how: Pivoting): Search {
  const old = here && url.tab !== "sql" && how !== "alone" ? (url.q ?? "") : "";
  const q = how === "alone" ? term : withTerm(old, term, how);
  if (!here) return { q, last: "any", case: url.case };
  return { ...url, q, tab: undefined, event: undefined, all: undefined, run: undefined };
}

/** Searches for a value, or for whom an event is about. */
export function usePivot() {
  const [url] = useUrl();
  const navigate = useNavigate();
  const here = useRouterState({ select: (state) => state.location.pathname }) === HUNT;
  const go = (search: Search) => void navigate({ to: HUNT, search, resetScroll: false });
  return {
    term: (field: string, value: string, how: Pivoting) => go(pivoted(url, here, termOf(field, value), how)),
    subject: (subject: string) =>
      go(
        here
          ? { ...url, subject, tab: undefined, event: undefined }
          : { subject, last: "any", case: url.case },
      ),
  };
}
