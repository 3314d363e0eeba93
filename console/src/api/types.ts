/** Names for the shapes in `schema.d.ts`, which is generated from `api/openapi.json`. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Capabilities = Schemas["Capabilities"];
export type Session = Schemas["SessionView"];
export type Overview = Schemas["Overview"];
export type AlertSummary = Schemas["AlertSummary"];
export type AlertDetail = Schemas["AlertDetail"];
export type QueueView = Schemas["QueueView"];
export type QueueDay = Schemas["QueueDay"];
export type SubjectCard = Schemas["SubjectCard"];
export type SubjectRow = Schemas["SubjectRow"];
export type SubjectList = Schemas["SubjectList"];
export type Story = Schemas["Story"];
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
