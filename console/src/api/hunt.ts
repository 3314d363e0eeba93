/** Hunting: shapes of the API as `tandem-server` writes them, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCase } from "../url";
import { type CaseView, path as casePath, useKeep } from "./cases";
import { forCase, get, type Headers, send, sendForAnswer } from "./client";
import { readLines } from "./ndjson";
import type { Schedule } from "./scheduled";
import type { EventSummary } from "./types";

/** Most events that one search shows. */
export const LIMIT_MOST = 10_000;

/** What is searched for. Instants are RFC 3339, or days: then their beginning and their end. */
export interface HuntAsk {
  query?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  subject?: string | undefined;
  limit?: number | undefined;
  fields?: string[] | undefined;
}

export interface Asset {
  name: string;
  criticality: string;
  owner?: string | null;
}

export interface Threat {
  list: string;
  value: string;
  note?: string | null;
  until?: string | null;
}

/** What lists know about an event. */
export interface Enrichment {
  subject?: string | null;
  asset?: Asset | null;
  geo?: { ip: string; country: string; city?: string | null } | null;
  threats?: Threat[];
}

/** What an event is shown with besides its own. */
export interface Enriched {
  enrichment?: Enrichment | null;
  asset_criticality?: string | null;
}

export type HuntEvent = EventSummary & {
  enrichment?: Enrichment | null;
  /** Further fields that were asked for, as far as it has them. */
  fields?: Record<string, string>;
};

export interface HuntPlan {
  /** Days that are looked through. */
  days: number;
  sql: string;
  hash_of?: string;
  /** What a reader should know about the query, such as names that are no columns but look like one. */
  notes?: string[];
}

/** Hits of one UTC day, and of each of its hours. */
export interface HuntDay {
  day: string;
  hits: number;
  hours: number[];
}

export interface HuntEnd {
  hits: number;
  shown: number;
  truncated: boolean;
  elapsed_ms: number;
  /** SHA-256 over the ids of the shown events in order. */
  result_hash: string;
  /** The SQL that says the same; other than the plan's it holds accounts that events have shown. */
  sql?: string;
}

/** One line of an answer. */
export type HuntLine =
  | ({ kind: "plan" } & HuntPlan)
  | ({ kind: "day" } & HuntDay)
  | { kind: "events"; events: HuntEvent[] }
  | { kind: "progress"; done: number; of: number }
  | ({ kind: "end" } & HuntEnd)
  | { kind: "error"; error: { code: string; message: string; hint: string } };

export interface FieldStatistics {
  name: string;
  /** Events that have it. */
  present: number;
  distinct: number;
  top: { value: string; count: number }[];
}

export type SearchLanguage = "fields" | "sql";

export interface SavedSearch {
  id: string;
  name: string;
  query: string;
  language: SearchLanguage;
  from_days?: number | null;
  note?: string | null;
  owner: string;
  shared: boolean;
  created: string;
  /** The rule made of it. */
  rule?: string | null;
  schedule?: Schedule | null;
}

/** A saved search as it is written; what is left out stays empty. */
export interface SavedWording {
  name: string;
  query: string;
  /** That of the search line if left out; it does not change afterwards. */
  language?: SearchLanguage | undefined;
  from_days?: number | undefined;
  note?: string | undefined;
  shared?: boolean | undefined;
}

export interface RuleWording {
  title: string;
  level: string;
  threat: string;
  stage: string;
  window_minutes?: number | undefined;
  threshold?: number | undefined;
  group_by?: string[] | undefined;
}

export interface MadeRule {
  yaml: string;
  path: string;
  /** In what the rule differs from the search. */
  notes?: string[];
}

/** Where a file of the settings stands. */
export interface ListState {
  state: "loaded" | "expired" | "unreadable";
  entries: number;
  /** The day it was made, if it says so. */
  built?: string;
  problem?: string | null;
}

export interface ThreatList extends ListState {
  name: string;
  kind: string;
  expired_entries: number;
  /** Last day on which it counts. */
  expires?: string | null;
}

export interface EnrichmentLists {
  lists: ThreatList[];
  assets?: ListState | null;
  geoip?: ListState | null;
}

const HUNT = "/hunt";
const SAVED = `${HUNT}/saved`;
/** The address of one saved search. */
export const saved = (id: string) => `${SAVED}/${encodeURIComponent(id)}`;

/** Runs a search; its lines are handed on as they come. */
export async function search(
  ask: HuntAsk,
  headers: Headers,
  heard: (lines: HuntLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const answer = await sendForAnswer(`${HUNT}/search`, ask, headers, signal);
  if (answer.body) await readLines(answer.body, (lines) => heard(lines as HuntLine[]), signal);
}

/** Statistics of fields over what a search finds: the usual ones, or those that are named. */
export function useFieldStatistics(ask: HuntAsk, names: string[] | undefined, enabled: boolean) {
  const headers = forCase(useCase());
  // Neither how many events are shown nor with which columns matters here.
  const { query, from, to, subject } = ask;
  const what = { query, from, to, subject };
  return useQuery({
    queryKey: [`${HUNT}/fields`, what, names, headers],
    queryFn: () => send<{ fields: FieldStatistics[] }>(`${HUNT}/fields`, { ...what, names }, "POST", headers),
    enabled,
    // Each reading is a search of its own in the ledger.
    staleTime: 300_000,
    refetchOnWindowFocus: false,
  });
}

export type ExportFormat = "ndjson" | "csv";

/** Everything found as a file, with the hash over what is in it. Raw events leave for a case only. */
export function useHuntExport(id: string) {
  const headers = forCase(id);
  return useMutation({
    mutationFn: async ({ ask, format }: { ask: HuntAsk; format: ExportFormat }) => {
      const answer = await sendForAnswer(`${HUNT}/export?format=${format}`, ask, headers);
      return { file: await answer.blob(), hash: answer.headers.get("x-tandem-result-hash") };
    },
  });
}

export const useSaved = () =>
  useQuery({
    queryKey: [SAVED],
    queryFn: () => get<{ saved: SavedSearch[] }>(SAVED),
  });

/** Reads the saved searches again once something was done with them. */
export function useSavedAgain() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [SAVED] });
}

export function useSaveSearch() {
  return useMutation({
    mutationFn: (wording: SavedWording) => send<SavedSearch>(SAVED, wording),
    onSuccess: useSavedAgain(),
  });
}

export function useChangeSaved(id: string) {
  return useMutation({
    mutationFn: (wording: SavedWording) => send<SavedSearch>(saved(id), wording, "PUT"),
    onSuccess: useSavedAgain(),
  });
}

export function useDeleteSaved(id: string) {
  return useMutation({
    mutationFn: () => send<undefined>(saved(id), undefined, "DELETE"),
    onSuccess: useSavedAgain(),
  });
}

/** Makes a rule of a saved search. */
export function useMakeRule() {
  const again = useSavedAgain();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...wording }: RuleWording & { id: string }) =>
      send<MadeRule>(`${saved(id)}/rule`, wording),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["/rules"] });
      return again();
    },
  });
}

/** Takes the rule of a saved search away; the search stays. */
export function useDropRule(id: string) {
  return useMutation({
    mutationFn: () => send<undefined>(`${saved(id)}/rule`, undefined, "DELETE"),
    onSuccess: useSavedAgain(),
  });
}

/** Runs a search for a case and keeps what it finds there as evidence. */
export function useKeepHunt(id: string) {
  return useMutation({
    mutationFn: (asked: HuntAsk & { why: string }) => send<CaseView>(`${casePath(id)}/hunts`, asked),
    ...useKeep(id),
  });
}

export const useLists = () =>
  useQuery({
    queryKey: [`${HUNT}/lists`],
    queryFn: () => get<EnrichmentLists>(`${HUNT}/lists`),
    staleTime: 60_000,
  });
