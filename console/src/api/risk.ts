/** What stands beside the score, what-if, and whom to offer help first: names for the API's shapes, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type ImpactView = Schemas["ImpactView"];
export type Cause = Schemas["CauseName"];
export type CauseView = Schemas["CauseView"];
export type Reason = Schemas["ReasonName"];
export type MotiveView = Schemas["MotiveView"];
export type Phase = Schemas["PhaseName"];
export type PhaseSpan = Schemas["PhaseSpanView"];
export type WayView = Schemas["WayView"];
export type Knob = Schemas["Knob"];
export type KnobList = Schemas["KnobList"];
export type ChangedSetting = Schemas["ChangedSetting"];
export type SettingChange = Schemas["SettingChange"];
export type WhatIfAsked = Schemas["WhatIfAsked"];
export type WhatIfDay = Schemas["WhatIfDay"];
export type WhatIfAlert = Schemas["WhatIfAlert"];
export type WhatIfView = Schemas["WhatIfView"];
export type ProposalView = Schemas["ProposalView"];
export type SupportEntry = Schemas["SupportEntry"];
export type SupportList = Schemas["SupportList"];

export const useKnobs = (enabled: boolean) =>
  useQuery({ queryKey: ["/what-if"], queryFn: () => get<KnobList>("/what-if"), enabled });

export function useWhatIf() {
  return useMutation({
    mutationFn: (asked: WhatIfAsked) => send<WhatIfView>("/what-if", asked),
  });
}

const PROPOSALS = "/what-if/proposals";

export const useProposals = () =>
  useQuery({
    queryKey: [PROPOSALS],
    queryFn: () => get<Schemas["ProposalList"]>(PROPOSALS),
  });

function useAgain() {
  const client = useQueryClient();
  return { onSuccess: () => client.invalidateQueries({ queryKey: [PROPOSALS] }) };
}

export function usePropose() {
  return useMutation({
    mutationFn: (asked: Schemas["ProposeSettings"]) => send<ProposalView>(PROPOSALS, asked),
    ...useAgain(),
  });
}

export function useAnswerProposal() {
  return useMutation({
    mutationFn: ({ id, ...answer }: Schemas["AnswerProposal"] & { id: string }) =>
      send<ProposalView>(`${PROPOSALS}/${encodeURIComponent(id)}/answer`, answer),
    ...useAgain(),
  });
}

export const useSupport = (enabled: boolean) =>
  useQuery({ queryKey: ["/support"], queryFn: () => get<SupportList>("/support"), enabled });
