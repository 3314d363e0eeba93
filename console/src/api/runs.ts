/** Playbooks and their runs: shapes of the API as `tandem-server` writes them, and their queries. Instants inside `state` are microseconds. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Department } from "./cases";
import { get, send } from "./client";
import { ApiError } from "./errors";

/** A value in a run. */
export type Datum = boolean | number | string;
export type Answers = Record<string, Datum>;

export type StepStatus =
  | "pending"
  | "delayed"
  | "offered"
  | "taken"
  | "running"
  | "asking"
  | "open"
  | "done"
  | "skipped"
  | "failed"
  | "refused"
  | "dropped";

export interface Field {
  id: string;
  label: string;
  /** Left out for one line of text. */
  type?: "text" | "long_text" | "bool" | "number" | "choice" | "date" | "evidence";
  optional?: boolean;
  options?: string[];
  min?: number;
  max?: number;
  help?: string;
}

export interface GraphNode {
  id: string;
  kind: string;
  label: string;
  department: Department | "both" | null;
  touches_person: boolean;
  support: boolean;
  punitive: boolean;
  checkpoint: boolean;
  exceptional: boolean;
  state: StepStatus | null;
  layer: number;
  lane: number;
}

export interface Edge {
  from: string;
  to: string;
  kind: "next" | "branch" | "fork" | "failure" | "back" | "exception";
  label: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: Edge[];
  layers: number;
  lanes: number;
}

export interface Action {
  connector: string;
  operation: string;
  parameters?: Record<string, Datum>;
  dry_run?: boolean;
}

/** A step as the playbook has it. */
export interface Step {
  id: string;
  name?: string;
  about?: string;
  department?: Department | "both";
  phase?: string;
  raci?: Record<string, string | string[]>;
  touches_person?: boolean;
  punitive?: boolean;
  support?: boolean;
  checkpoint?: string[];
  do?: string;
  run?: Action;
  if?: string;
  switch?: string;
  form?: Field[];
  outputs?: Field[];
  undo?: { do?: string; run?: Action };
  irreversible?: string;
  talk?: { say?: string[]; avoid?: string[] } & Record<string, unknown>;
}

export interface Approval {
  who: string;
  department: Department;
  reason: string;
  at: number;
}

export interface Asked {
  key: string;
  call: { connector: string; operation: string; parameters: Record<string, Datum> } | null;
  answer: [boolean, string] | null;
  /** Somebody does it by hand instead. */
  by_hand: boolean;
}

export interface StepState {
  status: StepStatus;
  visit: number;
  attempt: number;
  since: number;
  due: number | null;
  escalated: number;
  taken_by: string | null;
  answered: boolean;
  approvals: Approval[];
  dry_run: Asked | null;
  action: Asked | null;
  undo: Asked | null;
  reason: string | null;
  /** It failed because a connector did, and somebody says what next. */
  held: boolean;
}

/** A connector and what was asked of it last. */
export interface Act {
  connector: string;
  dry_run: boolean;
  undo: boolean;
  needs_disclosure: boolean;
  /** Nothing if nothing was asked of it, or somebody does it by hand. */
  state: "waiting" | "held" | "sending" | "sent" | "dead" | null;
  attempts: number;
  error: string | null;
  doubt: boolean;
}

export interface StepView {
  id: string;
  step: Step;
  state: StepState;
  stuck: boolean;
  /** The connector that carries its action out; nothing if people do it by hand. */
  act: Act | null;
}

export interface RunSummary {
  id: string;
  playbook: string;
  name: string;
  case: string;
  status: "new" | "running" | "over";
  outcome: string | null;
  started_by: string;
  changed: string;
  due: string | null;
  waiting: string[];
  needs_approval: boolean;
}

export interface Message {
  id: string;
  to: string;
  channel: string;
  title: string;
  text: string;
}

export interface RunView {
  summary: RunSummary;
  subject: string | null;
  graph: Graph;
  active: StepView[];
  past: StepView[];
  values: Answers;
  messages: Message[];
  department: Department | null;
  /** Why what was done should be taken back. */
  undo_because: string | null;
}

export interface PlaybookSummary {
  id: string;
  name: string;
  summary: string;
  version: number;
  threats: string[];
  begin_when: string[];
  steps: number;
}

export interface PlaybookView {
  summary: PlaybookSummary;
  playbook: { inputs?: Field[] };
  graph: Graph;
}

/** One command of a run; `docs/playbooks.md` lists them. Who gives it comes from the sign-in. */
export type RunCommand = { command: string } & Record<string, unknown>;

const part = (id: string) => encodeURIComponent(id);
const key = (id: string) => ["/run", id];

export const usePlaybooks = (enabled = true) =>
  useQuery({
    queryKey: ["/playbooks"],
    queryFn: () => get<{ playbooks: PlaybookSummary[] }>("/playbooks"),
    enabled,
  });

export const usePlaybook = (id: string) =>
  useQuery({
    queryKey: ["/playbooks", id],
    queryFn: () => get<PlaybookView>(`/playbooks/${part(id)}`),
    enabled: id !== "",
  });

export const useRuns = (of: string) =>
  useQuery({
    queryKey: ["/runs", of],
    queryFn: () => get<{ runs: RunSummary[] }>(`/cases/${part(of)}/runs`),
  });

/** The steps whose connector has something that it has not answered. */
export const unanswered = ({ active, past }: RunView): StepView[] =>
  [...active, ...past].filter(({ act }) => act?.state === "waiting" || act?.state === "sending");

/** When to read a run again by itself, milliseconds: soon while a connector is asked for the first time, seldom while it is asked
 * once more, otherwise not. */
export function again(view: RunView): number | false {
  const asked = unanswered(view);
  if (asked.length === 0) return false;
  return asked.some(({ act }) => act?.attempts === 0) ? 2_000 : 60_000;
}

/** A run whole. Each reading is a look in the ledger, so it is read when somebody comes to it, and by the clock only while something
 * is on its way. */
export const useRun = (id: string) =>
  useQuery({
    queryKey: key(id),
    queryFn: () => get<RunView>(`/runs/${part(id)}`),
    refetchOnWindowFocus: false,
    refetchInterval: ({ state: { data } }) => (data ? again(data) : false),
  });

/** Begins a run. */
export function useStart(of: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { playbook: string; subject?: string; inputs: Answers }) =>
      send<RunView>(`/cases/${part(of)}/runs`, asked),
    onSuccess: (view) => {
      client.setQueryData(key(view.summary.id), view);
      void client.invalidateQueries({ queryKey: ["/runs", of] });
    },
  });
}

/** Does something in a run; reads it again if somebody was faster. */
export function useRunCommand(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (command: RunCommand) => send<RunView>(`/runs/${part(id)}/commands`, command),
    onSuccess: (view: RunView) => client.setQueryData(key(id), view),
    onError: (error: Error) => {
      if (error instanceof ApiError && error.status === 409)
        void client.invalidateQueries({ queryKey: key(id) });
    },
  });
}

/** Runs with a step that waits for the word of the colleague's department. */
export const useRunsWaiting = (enabled: boolean) =>
  useQuery({
    queryKey: ["/runs", "waiting"],
    queryFn: () => get<{ runs: RunSummary[] }>("/runs"),
    enabled,
  });
