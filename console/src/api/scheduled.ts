// Saved searches in SQL that are asked again and again.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { send } from "./client";
import { type SavedSearch, saved, useSavedAgain } from "./hunt";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What came of asking a scheduled query. */
export type QueryRun = Schemas["QueryRun"];
/** How a saved search in SQL is to be asked again and again. */
export type ScheduleWording = Schemas["ScheduleAsked"];
/** How it is asked, and what came of it last. */
export type Schedule = Schemas["ScheduleView"];

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
