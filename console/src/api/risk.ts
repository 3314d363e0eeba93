/** What stands beside the score, what-if, and whom to offer help first: shapes of the API as `tandem-server` writes them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export interface ImpactView {
  level: number;
  touched: number;
  reach: number;
  words: string[];
}

export interface Spoken {
  words: string;
  /** Negative speaks against. */
  decibans: number;
  indicators: string[];
}

export type Cause = "negligent" | "ignorant" | "malicious";

export interface CauseView {
  cause: Cause;
  share: number;
  for: Spoken[];
  against: Spoken[];
}

export interface MotiveView {
  /** Null when it is not known. */
  named: Cause | null;
  unknown: number;
  causes: CauseView[];
  reason: string | null;
  reason_unknown: number;
  reasons: { reason: string; share: number }[];
  suggests: string[];
  /** Human-side facts are left out, because the reader may not see them. */
  partial: boolean;
}

export type Phase = "baseline" | "stress" | "exploration" | "preparation" | "infringement" | "concealment";

export interface PhaseSpan {
  from: string;
  to: string;
  phase: Phase;
  probability: number;
  /** False if it is a guess only. */
  clear: boolean;
}

export interface WayView {
  spans: PhaseSpan[];
  days: { day: string; phase: Phase; probabilities: number[] }[];
}

export interface Knob {
  key: string;
  value: number;
  start: number;
  least: number;
  most: number;
  step: number;
  unit: "dB" | "days" | "times" | "share" | "alerts";
  words: string;
}

export interface KnobList {
  knobs: Knob[];
  days: number;
  to: string | null;
}

export interface ChangedSetting {
  key: string;
  before: number;
  after: number;
}

export interface SettingChange {
  key: string;
  value: number;
}

export interface WhatIfDay {
  day: string;
  before: number;
  after: number;
  both: number;
}

export interface WhatIfAlert {
  subject: string;
  day: string;
  score: number;
  level: string;
  queue: string;
  title: string;
  moved: boolean;
}

export interface WhatIfView {
  from: string;
  to: string;
  changes: ChangedSetting[];
  budget_before: number;
  budget_after: number;
  alerts_before: number;
  alerts_after: number;
  both: number;
  days: WhatIfDay[];
  entering: WhatIfAlert[];
  leaving: WhatIfAlert[];
  truncated: boolean;
  unlike_kept: number;
  exact_start: boolean;
}

export interface ProposalView {
  id: string;
  status: "waiting" | "approved" | "refused";
  by: string;
  department: string;
  at: string;
  reason: string;
  changes: ChangedSetting[];
  outcome: { from: string; to: string; before: number; after: number; both: number };
  answered_by: string | null;
  answered: string | null;
  answer: string | null;
  lines: string | null;
  in_force: boolean;
  outdated: boolean;
  may_answer: boolean;
}

export interface SupportEntry {
  subject: string;
  department: string;
  role: string;
  since: string;
  concerns: string[];
  given: string[];
  suggests: string[];
  leaving_on: string | null;
}

export interface SupportList {
  day: string | null;
  entries: SupportEntry[];
  truncated: boolean;
}

export const useKnobs = (enabled: boolean) =>
  useQuery({ queryKey: ["/what-if"], queryFn: () => get<KnobList>("/what-if"), enabled });

export function useWhatIf() {
  return useMutation({
    mutationFn: (asked: { changes: SettingChange[]; days: number }) => send<WhatIfView>("/what-if", asked),
  });
}

const PROPOSALS = "/what-if/proposals";

export const useProposals = () =>
  useQuery({
    queryKey: [PROPOSALS],
    queryFn: () => get<{ proposals: ProposalView[] }>(PROPOSALS),
  });

function useAgain() {
  const client = useQueryClient();
  return { onSuccess: () => client.invalidateQueries({ queryKey: [PROPOSALS] }) };
}

export function usePropose() {
  return useMutation({
    mutationFn: (asked: { changes: SettingChange[]; reason: string }) => send<ProposalView>(PROPOSALS, asked),
    ...useAgain(),
  });
}

export function useAnswerProposal() {
  return useMutation({
    mutationFn: ({ id, ...answer }: { id: string; approve: boolean; reason: string }) =>
      send<ProposalView>(`${PROPOSALS}/${encodeURIComponent(id)}/answer`, answer),
    ...useAgain(),
  });
}

export const useSupport = (enabled: boolean) =>
  useQuery({ queryKey: ["/support"], queryFn: () => get<SupportList>("/support"), enabled });
