// Saved searches in SQL that are asked again and again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "./client";
import { type SavedSearch, saved, useSavedAgain } from "./hunt";

/** What came of asking a scheduled query. */
export interface QueryRun {
  at: string;
  elapsed_ms: number;
  /** Days (UTC) it was asked about. */
  days: number;
  rows: number;
  /** Rows that were not known before. */
  new: number;
  without_account: number;
  /** Rows that were left out for want of a time on the day. */
  without_time: number;
  truncated: boolean;
  days_left_out: boolean;
  error?: string | null;
  failing_since?: string | null;
}

/** How a saved search in SQL is asked again and again. */
export interface ScheduleWording {
  every_minutes: number;
  title: string;
  level: string;
  threat: string;
  stage: string;
  /** The column that says the account. */
  account: string;
  /** The column that says when. */
  time: string;
}

export interface Schedule extends ScheduleWording {
  /** When it is asked next. */
  due: string;
  last?: QueryRun | null;
}

/** Has a saved search in SQL asked again and again, or changes how. */
export function useSchedule(id: string) {
  const again = useSavedAgain();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wording: ScheduleWording) => send<SavedSearch>(`${saved(id)}/schedule`, wording, "PUT"),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["/rules"] });
      return again();
    },
  });
}

/** Has a saved search asked no more; the search stays. */
export function useDropSchedule(id: string) {
  return useMutation({
    mutationFn: () => send<undefined>(`${saved(id)}/schedule`, undefined, "DELETE"),
    onSuccess: useSavedAgain(),
  });
}
