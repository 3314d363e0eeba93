/** Cases: shapes of the API as `tandem-server` writes them, and their queries. Instants inside `case` are microseconds. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, type Params, send } from "./client";
import { ApiError } from "./errors";

export type Department = "it" | "corporate";
export type CaseState = "open" | "investigating" | "contained" | "decided" | "closed";
export type CaseRole = "lead" | "contributor" | "counsel" | "hr_partner" | "observer";
export type Visibility = "own_department" | "both" | "counsel";
export type Origin = "technical" | "case" | "human";
export type Letter = "responsible" | "accountable" | "consulted" | "informed";
export type Answer = "for" | "against";

export interface CaseSummary {
  id: string;
  title: string;
  kind: string;
  severity: string;
  state: CaseState;
  outcome: string | null;
  phase: string;
  opened: string;
  changed: string;
  members: number;
  shared: boolean;
  open_tasks: number;
}

export interface Member {
  department: Department | null;
  role: CaseRole;
  since: number;
}

export interface Marks {
  opened: number;
  by: Department | null;
  shared: number | null;
  contained: number | null;
  decided: number | null;
  closed: number | null;
  pauses: { from: number; until: number | null; why: string }[];
}

export interface Duty {
  /** `phase/function`. */
  id: string;
  letter: Letter;
  holder: string | null;
  deputy_of: string | null;
  escalated: boolean;
  within: string;
  due: number | null;
  state: string;
  result: string | null;
  past: { account: string; how: string; until: number }[];
}

export interface Task {
  id: string;
  title: string;
  assignee: string | null;
  due: number | null;
  state: "open" | "blocked" | "done";
  text: string | null;
}

/** When, where and with whom. */
export interface Appointment {
  from: number;
  until: number;
  place?: string | null;
  invited: string[];
}

export interface Meeting extends Appointment {
  id: string;
  title: string;
  /** Who planned it. */
  by: string;
  agenda: string | null;
  state: "planned" | "held" | "cancelled";
  attended: string[];
  /** What came of it, or why it was called off. */
  text: string | null;
}

export interface Note {
  id: string;
  author: string;
  department: Department | null;
  at: number;
  visibility: Visibility;
  text: string;
  corrects: string | null;
  mentions: string[];
}

export interface Custody {
  who: string;
  at: number;
  act: string;
  sha256: string;
  note: string | null;
  seq: number;
}

export interface EvidenceItem {
  id: string;
  name: string;
  media_type: string;
  size: number;
  sha256: string;
  source: string;
  sealed: boolean;
  damaged: boolean;
  custody: Custody[];
}

export interface Respond {
  act: string;
  subject: string;
  until?: number | null;
  without_support?: string | null;
  heard?: string | null;
}

export type Question =
  | { close: { outcome: string; verdicts?: Record<string, string> } }
  | { respond: Respond };

export interface Vote {
  who: string;
  answer: Answer;
  reason: string;
  at: number;
}

export interface Proposal {
  id: string;
  wording: { question: Question; reason: string };
  /** Names the wording; a vote is on this. */
  hash: string;
  by: string;
  at: number;
  expires: number;
  standing: string;
  /** An empty list while the votes are sealed; then `voted` says who has voted. */
  votes: Partial<Record<Department, Vote>> | never[];
  voted?: string[];
  recused: string[];
  decider: string | null;
  ruling: Vote | null;
  lapsed: boolean;
}

/** What a case keeps of an alert. */
export interface AlertRef {
  id: string;
  subject: string;
  raised: number;
  detectors: string[];
}

export interface Case {
  id: string;
  title: string;
  kind: string;
  severity: string;
  state: CaseState;
  outcome: string | null;
  merged_into: string | null;
  split_from: string | null;
  phase: string;
  marks: Marks;
  subjects: string[];
  alerts: Record<string, AlertRef>;
  assets: string[];
  cases: string[];
  members: Record<string, Member>;
  watchers: string[];
  duties: Record<string, Duty>;
  tasks: Record<string, Task>;
  meetings: Record<string, Meeting>;
  notes: Record<string, Note>;
  evidence: Record<string, EvidenceItem>;
  proposals: Record<string, Proposal>;
  decided: string | null;
}

export type Reference =
  | { fact: number }
  | { indicator: string }
  | { event: string }
  | { note: string }
  | { run: string };

export interface TimelineItem {
  at: string;
  origin: Origin;
  who: string | null;
  sentence: string;
  reference: Reference;
  visibility: Visibility;
}

/** What one clock shows; instants are RFC 3339. */
export interface ClockReading {
  clock: "share" | "contain" | "decide" | "close";
  stopped: string | null;
  due: string;
  target_seconds: number;
  elapsed_seconds: number;
  paused: boolean;
  overdue: boolean;
}

export interface CaseView {
  summary: CaseSummary;
  /** Empty for who may know that the case is there, but not what is in it: `isOutline` tells. */
  case: Case;
  my_role: CaseRole | null;
  timeline: TimelineItem[];
  clocks: ClockReading[];
  version: number;
}

/** True if only the outline of a case is shown. */
export const isOutline = (view: CaseView): boolean => view.case.members === undefined;

export interface OpenCase {
  kind: string;
  severity?: string;
  title: string;
  reason: string;
  alerts: string[];
}

/** One command of casework; `docs/casework.md` lists them. */
export type Command = Record<string, unknown>;

const part = (id: string) => encodeURIComponent(id);
export const path = (id: string) => `/cases/${part(id)}`;
export const key = (id: string) => ["/case", id];

export function useCases(params: Params, enabled = true) {
  return useQuery({
    queryKey: ["/cases", params],
    queryFn: () => get<{ cases: CaseSummary[] }>("/cases", params),
    enabled,
  });
}

/** A case whole. Each reading is a look in the ledger, so it is read when somebody comes to it, not by the clock. */
export function useCaseView(id: string) {
  return useQuery({ queryKey: key(id), queryFn: () => get<CaseView>(path(id)), refetchOnWindowFocus: false });
}

/** Keeps a case as the server answered it; reads it again if somebody was faster. */
export function useKeep(id: string) {
  const client = useQueryClient();
  return {
    onSuccess: (view: CaseView) => {
      client.setQueryData(key(id), view);
      void client.invalidateQueries({ queryKey: ["/cases"] });
      void client.invalidateQueries({ queryKey: ["/queue"] });
      void client.invalidateQueries({ queryKey: ["/board"] });
    },
    onError: (error: Error) => {
      if (error instanceof ApiError && error.status === 409)
        void client.invalidateQueries({ queryKey: key(id) });
    },
  };
}

/** Does something in a case. */
export function useCommand(id: string) {
  return useMutation({
    mutationFn: (command: Command) => send<CaseView>(`${path(id)}/commands`, command),
    ...useKeep(id),
  });
}

/** Opens a case. It comes out of triage, so the request is for no case yet. */
export function useOpenCase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: OpenCase) => send<CaseView>("/cases", asked),
    onSuccess: (view) => {
      void client.invalidateQueries();
      client.setQueryData(key(view.summary.id), view);
    },
  });
}
