/** Names for the shapes in `schema.d.ts`, which is generated from `api/openapi.json`. */
import type { ImpactView, MotiveView, WayView } from "./risk";
import type { components } from "./schema";

type Schemas = components["schemas"];

/** What a role may do besides what the generated description says already. */
interface MoreCapabilities {
  opens_cases: boolean;
  sees_ledger: boolean;
  verifies_ledger: boolean;
  sees_watch: boolean;
  exports_reports: boolean;
  manages_colleagues: boolean;
  sees_connectors: boolean;
  manages_connectors: boolean;
  sees_policies: boolean;
  approves: boolean;
  tries_settings: boolean;
  sees_proposals: boolean;
  offers_support: boolean;
  has_own_data: boolean;
}

export type Capabilities = Schemas["SessionView"]["capabilities"] & MoreCapabilities;
export type Session = Omit<Schemas["SessionView"], "capabilities"> & { capabilities: Capabilities };
export type Overview = Schemas["Overview"];
export type AlertSummary = Schemas["AlertSummary"];
/** What stands beside a score. */
interface BesideTheScore {
  impact: ImpactView;
  motive: MotiveView;
}

export type AlertDetail = Schemas["AlertDetail"] & BesideTheScore;
export type QueueView = Schemas["QueueView"];
export type QueueDay = Schemas["QueueDay"];
export type SubjectCard = Schemas["SubjectCard"];
export type SubjectRow = Schemas["SubjectRow"];
export type SubjectList = Schemas["SubjectList"];
export type Story = Schemas["Story"] & BesideTheScore & { way: WayView };
export type Chain = Schemas["ChainView"];
export type ChainStep = Schemas["ChainStep"];
export type ScoreDay = Schemas["ScoreDay"];
export type Explanation = Schemas["ExplanationView"];
export type Row = Schemas["RowView"];
export type Indicator = Schemas["IndicatorView"];
export type Timeline = Schemas["Timeline"];
export type Hours = Schemas["Hours"];
export type EventSummary = Schemas["EventSummary"];
export type EventDetail = Schemas["EventDetail"];
export type EventList = Schemas["EventList"];
export type QueryAnswer = Schemas["QueryAnswer"];
export type SourceView = Schemas["SourceView"];
export type SourceList = Schemas["SourceList"];
export type RejectView = Schemas["RejectView"];
export type RejectList = Schemas["RejectList"];
export type RejectDetail = Schemas["RejectDetail"];
export type ReplayAnswer = Schemas["ReplayAnswer"];
export type RuleView = Schemas["RuleView"];
export type RuleList = Schemas["RuleList"];
export type RuleDetail = Schemas["RuleDetail"];
export type StatusChange = Schemas["StatusChange"];
