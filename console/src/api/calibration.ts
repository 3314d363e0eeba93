/** Calibration: shapes of the API as `tandem-server` writes them, and their query. */
import { useQuery } from "@tanstack/react-query";
import { get, type Params } from "./client";

export type Reading = "as_promised" | "by_chance" | "too_often" | "too_seldom" | "rare" | "too_few";

export interface RateAt {
  level: number;
  ranked: number;
  seen: number;
  expected: number;
  /** Nothing where too few are expected. */
  ratio: number | null;
  low: number | null;
  high: number | null;
  reading: Reading;
}

export interface Rates {
  id: string;
  words: string;
  person_days: number;
  surprised: number | null;
  at: RateAt[];
}

export interface Share {
  low: number;
  share: number;
  high: number;
}

export interface Concluded {
  id: string;
  rule: { id: string; title: string } | null;
  alerts: number;
  true_positive: number;
  benign: number;
  false_positive: number;
  insufficient_data: number;
  said: number;
  false_alarms: Share | null;
  precision: Share | null;
  next: Share | null;
}

export interface GroupRate {
  name: string;
  people: number;
  alerted: number;
  alerts: number;
  rate: number;
  low: number;
  high: number;
  rest_rate: number;
  ratio: number | null;
  four_fifths: number | null;
  reading: "even" | "by_chance" | "uneven";
}

export interface Cause {
  kind: "behaviour" | "rule" | "human";
  name: string;
  people: number;
  group_share: number;
  rest_share: number;
}

export interface Attribute {
  attribute: "department" | "role" | "site" | "employment";
  people: number;
  alerted: number;
  groups: GroupRate[];
  worst: { group: string; ratio: number | null; cause: Cause | null } | null;
}

export interface CalibrationView {
  from: string;
  to: string;
  days: number;
  person_days: number;
  overall: Rates | null;
  channels: Rates[];
  groups: Rates[];
  alerts: number;
  concluded: number;
  least: number;
  prior_cases: number;
  queues: Concluded[];
  detectors: Concluded[];
  least_people: number;
  attributes: Attribute[];
}

export const useCalibration = (params: Params, enabled: boolean) =>
  useQuery({
    queryKey: ["/calibration", params],
    queryFn: () => get<CalibrationView>("/calibration", params),
    enabled,
  });
