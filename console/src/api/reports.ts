/** Reports: shapes of the API as `tandem-server` writes them, and their queries. */
import { useQuery } from "@tanstack/react-query";
import { get, type Params, withParams } from "./client";

export interface Precision {
  low: number;
  share: number;
  high: number;
}

export interface DetectorFeedback {
  detector: string;
  rule: { id: string; title: string } | null;
  true_positive: number;
  benign: number;
  false_positive: number;
  insufficient_data: number;
  said: number;
  /** Nothing before enough was said. */
  precision: Precision | null;
}

export interface FeedbackView {
  concluded: number;
  least: number;
  detectors: DetectorFeedback[];
}

export interface Proposal {
  kind: "lower_level" | "except";
  title: string;
  reason: string;
  diff: string;
  proposed: string;
  filter: string | null;
  reviewers: string[];
}

export interface RuleFeedback {
  feedback: DetectorFeedback;
  proposals: Proposal[];
  no_proposal: string | null;
}

export interface ClockFigure {
  clock: "triage" | "share" | "contain" | "decide" | "close";
  of: "all" | "group" | "rest";
  kind: string | null;
  department: string | null;
  cases: number;
  running: number;
  late: number;
  late_share: number;
  median_seconds: number | null;
  ninetieth_seconds: number | null;
}

export interface ClockReport {
  from: string;
  to: string;
  least: number;
  figures: ClockFigure[];
  kept_back: { clock: string; cases: number }[];
}

export const useFeedback = () =>
  useQuery({ queryKey: ["/feedback"], queryFn: () => get<FeedbackView>("/feedback") });

export const useRuleFeedback = (id: string) =>
  useQuery({
    queryKey: ["/feedback", id],
    queryFn: () => get<RuleFeedback>(`/feedback/${encodeURIComponent(id)}`),
  });

export const useClocks = (params: Params) =>
  useQuery({
    queryKey: ["/reports/clocks", params],
    queryFn: () => get<ClockReport>("/reports/clocks", params),
  });

/** Where the figures are saved from as CSV. */
export const clocksCsv = (params: Params): string => withParams("/api/v1/reports/clocks.csv", params);
