/** Hunting: names for the API's shapes, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCase } from "../url";
import { type CaseView, path as casePath, useKeep } from "./cases";
import { forCase, get, type Headers, send, sendForAnswer } from "./client";
import { readLines } from "./ndjson";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** Most events that one search shows. */
export const LIMIT_MOST = 10_000;

/** What is searched for; all of it may be left out. Instants are RFC 3339, or days: then their beginning and their end. */
export type HuntAsk = {
  [Key in keyof Schemas["HuntAsked"]]?: NonNullable<Schemas["HuntAsked"][Key]> | undefined;
};
/** What lists know about an event. */
export type Enrichment = Schemas["Enrichment"];
export type HuntEvent = Schemas["HuntEvent"];
/** One line of an answer. */
export type HuntLine = Schemas["HuntLine"];
type Line<Kind extends HuntLine["kind"]> = Extract<HuntLine, { kind: Kind }>;
export type HuntPlan = Line<"plan">;
/** Hits of one UTC day, and of each of its hours. */
export type HuntDay = Line<"day">;
export type HuntEnd = Line<"end">;
export type FieldStatistics = Schemas["FieldStatistics"];
export type SearchLanguage = Schemas["SearchLanguage"];
export type SavedSearch = Schemas["SavedSearchView"];
/** A saved search as it is written; what is left out stays empty. */
export type SavedWording = Schemas["SaveSearch"];
export type RuleWording = Schemas["RuleAsked"];
export type MadeRule = Schemas["RuleMade"];
/** Where a file of the settings stands. */
export type ListState = Schemas["ListFileState"];
export type ThreatList = Schemas["ThreatListView"];
export type EnrichmentLists = Schemas["EnrichmentLists"];

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
    queryFn: () => send<Schemas["HuntFields"]>(`${HUNT}/fields`, { ...what, names }, "POST", headers),
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
    queryFn: () => get<Schemas["SavedSearchList"]>(SAVED),
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
