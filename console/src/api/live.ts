/** Live sources: shapes of the API as `tandem-server` writes them, and their query. */
import { useQuery } from "@tanstack/react-query";
import { get } from "./client";

export type AlarmKind = "silent" | "gap" | "failing" | "clock_skew" | "lag" | "unknown_format";

export interface SourceAlarm {
  kind: AlarmKind;
  since: string;
  sentence: string;
}

export interface LiveSource {
  name: string;
  kind: string;
  /** Where its records come from, as people say it. */
  from: string;
  phase: "starting" | "running" | "failing" | "stopped";
  bytes: number;
  records: number;
  refused: number;
  connections: number;
  open: number;
  /** Records or bytes that wait at the far side, as far as it says. */
  behind: number | null;
  last: string | null;
  trouble: { at: string; what: string } | null;
  silent_after_minutes: number;
  alarms: SourceAlarm[];
}

export interface Intake {
  waiting_bytes: number;
  room_bytes: number;
  committed: number;
  commits: number;
  last_commit: string | null;
}

export interface LiveSources {
  sources: LiveSource[];
  intake: Intake;
}

/** They change by themselves, milliseconds. */
const EVERY = 10_000;

export const useLiveSources = () =>
  useQuery({
    queryKey: ["/sources/live"],
    queryFn: () => get<LiveSources>("/sources/live"),
    refetchInterval: EVERY,
  });
