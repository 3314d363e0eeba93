/** Own data and contests: shapes of the API as `tandem-server` writes them, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export interface Contest {
  id: string;
  /** Pseudonym; only for those who answer. */
  subject: string | null;
  want: "correction" | "contest";
  indicator: string | null;
  fact: string | null;
  text: string;
  received: string;
  due: string;
  extended: boolean;
  overdue: boolean;
  state: "received" | "acknowledged" | "answered";
  answer: { answer: string; reason: string } | null;
}

export interface OwnIndicator {
  id: string;
  time: string;
  side: string;
  title: string;
  explanation: string;
  lowers: boolean;
}

export interface OwnLooks {
  month: string;
  purpose: string;
  looks: number;
  names: number;
}

export interface OwnSource {
  source: string;
  months: { month: string; count: number }[];
}

export interface Own {
  facts: { name: string; value: string }[];
  sources: OwnSource[];
  why: string[];
  kept: { what: string; days: number | null }[];
  looks: OwnLooks[];
  delay: { sentence: string; rule: string };
  indicators: OwnIndicator[];
  contests: Contest[];
  rights: string[];
}

/** About one indicator or one fact. */
export interface AskContest {
  want: Contest["want"];
  indicator?: string;
  fact?: string;
  text: string;
}

/** One command of a contest. */
export type ContestCommand =
  | "acknowledge"
  | { extend: { reason: string } }
  | { answer: { answer: string; reason: string } };

/** Each reading is a row of the ledger, so it is read when somebody comes to it, not by the clock. */
export function useOwn(enabled: boolean) {
  return useQuery({
    queryKey: ["/own"],
    queryFn: () => get<Own>("/own"),
    enabled,
    refetchOnWindowFocus: false,
  });
}

export function useContest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: AskContest) => send<Contest>("/own/contests", asked),
    onSuccess: () => client.invalidateQueries({ queryKey: ["/own"] }),
  });
}

export function useContests(enabled: boolean) {
  return useQuery({
    queryKey: ["/contests"],
    queryFn: () => get<{ contests: Contest[] }>("/contests"),
    enabled,
    refetchOnWindowFocus: false,
  });
}

export function useContestCommand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, command }: { id: string; command: ContestCommand }) =>
      send<Contest>(`/contests/${encodeURIComponent(id)}/commands`, command),
    onSettled: () => client.invalidateQueries({ queryKey: ["/contests"] }),
  });
}
