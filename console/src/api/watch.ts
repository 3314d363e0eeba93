/** Findings about how colleagues used Tandem: shapes of the API as `tandem-server` writes them, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export interface WatchAnswer {
  at: string;
  who: string;
  conclusion: "in_order" | "not_in_order";
  reason: string;
}

export interface WatchFinding {
  id: string;
  kind: string;
  /** On the colleague's own clock. */
  day: string;
  at: string;
  who: string;
  sentence: string;
  subject: string | null;
  /** The first 200 rows of the ledger it rests on. */
  rows: number[];
  row_count: number;
  status: "open" | "answered";
  /** Oldest first; the last one counts. */
  answers: WatchAnswer[];
}

export interface WatchView {
  judged_to: string | null;
  findings: WatchFinding[];
}

const KEY = ["/ledger/watch"];

/** Each reading is a row of the ledger, so it is read when somebody comes to it, not by the clock. */
export const useWatch = (enabled: boolean) =>
  useQuery({
    queryKey: KEY,
    queryFn: () => get<WatchView>("/ledger/watch"),
    enabled,
    refetchOnWindowFocus: false,
  });

export function useAnswerFinding() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...answer }: { id: string; conclusion: string; reason: string }) =>
      send<WatchFinding>(`/ledger/watch/${encodeURIComponent(id)}/answer`, answer),
    onSuccess: (answered) =>
      client.setQueryData(KEY, (old: WatchView | undefined) =>
        old
          ? { ...old, findings: old.findings.map((one) => (one.id === answered.id ? answered : one)) }
          : old,
      ),
  });
}
