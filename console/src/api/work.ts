/** Work over several cases: the board, finding, merging and splitting. Shapes of the API as `tandem-server` writes them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { CaseSummary, CaseView, Letter, Visibility } from "./cases";
import { get, send } from "./client";

export type WaitsAs = "ruling" | "vote" | "duty" | "task" | "meeting";

/** One thing that waits for the colleague. It names no subject. */
export interface WorkItem {
  kind: WaitsAs;
  /** Id within the case: of a duty `analyse/it_lead`. */
  id: string;
  case: string;
  case_title: string;
  severity: string;
  what: string;
  letter: Letter | null;
  state: string;
  due: string | null;
  late: boolean;
  deputy_of: string | null;
  escalated: boolean;
  /** A member of the case, who can go to its room. */
  member: boolean;
}

export interface Mention {
  case: string;
  case_title: string;
  note: string;
  author: string;
  at: string;
  visibility: Visibility;
  answered: boolean;
}

export interface LateItem {
  case: string;
  kind: "clock" | "duty" | "task" | "nobody_rules" | "nobody_holds";
  what: string;
  due: string;
  who: string | null;
}

export interface Board {
  now: string;
  items: WorkItem[];
  late: LateItem[];
  mentions: Mention[];
  watched: CaseSummary[];
}

export interface Found {
  place: "title" | "note" | "task" | "meeting" | "evidence" | "asset";
  id: string | null;
  excerpt: string;
}

export interface CaseHit {
  case: CaseSummary;
  found: Found[];
}

export interface SplitCase {
  title: string;
  reason: string;
  subjects: string[];
  alerts: string[];
}

const path = (id: string) => `/cases/${encodeURIComponent(id)}`;

/** What waits for the colleague over all cases. */
export const useBoard = () => useQuery({ queryKey: ["/board"], queryFn: () => get<Board>("/board") });

/** Finds text in the colleague's cases. Each search may be a look in the ledger, so it is made once. */
export const useFind = (text: string) =>
  useQuery({
    queryKey: ["/cases/search", text],
    queryFn: () => get<{ hits: CaseHit[] }>("/cases/search", { text }),
    enabled: text.length >= 2,
    refetchOnWindowFocus: false,
  });

/** Two cases change at once: everything that was read of cases is read anew. */
function useTwo<T>(ask: (asked: T) => Promise<CaseView>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ask,
    onSuccess: (view) => {
      void client.invalidateQueries();
      client.setQueryData(["/case", view.summary.id], view);
    },
  });
}

/** Merges a case into another, and gives that one. */
export const useMerge = (id: string) =>
  useTwo((asked: { into: string; reason: string }) => send<CaseView>(`${path(id)}/merge`, asked));

/** Splits a part of a case off, and gives the new case. */
export const useSplit = (id: string) =>
  useTwo((asked: SplitCase) => send<CaseView>(`${path(id)}/split`, asked));
