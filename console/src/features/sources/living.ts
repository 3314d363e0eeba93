/** Live sources in words, those with something wrong first. */
import type { AlarmKind, Intake, LiveSource, SourceAlarm } from "../../api/live";
import { bytes, count } from "../../words/format";

/** What an alarm is called. */
export const ALARMS: Record<AlarmKind, string> = {
  failing: "failing",
  silent: "silent",
  gap: "a gap",
  lag: "behind",
  clock_skew: "clock is off",
  unknown_format: "format not known",
};

/** What each kind of source is. */
const KINDS: Record<string, string> = {
  syslog: "syslog",
  files: "files",
  journal: "systemd journal",
  nats: "NATS JetStream",
  kafka: "Kafka",
  bucket: "bucket",
  pull: "audit API",
};

export const kindWords = (kind: string): string => KINDS[kind] ?? kind.replaceAll("_", " ");

const ORDER: AlarmKind[] = ["failing", "silent", "gap", "unknown_format", "lag", "clock_skew"];
const rank = ({ kind }: SourceAlarm) => (ORDER.indexOf(kind) + ORDER.length + 1) % (ORDER.length + 1);

/** Every alarm with the source that it is about: the worst kind first, and the oldest of a kind. */
export function alarmsOf(sources: LiveSource[]): (SourceAlarm & { source: string })[] {
  return sources
    .flatMap(({ name, alarms }) => alarms.map((alarm) => ({ ...alarm, source: name })))
    .sort((a, b) => rank(a) - rank(b) || a.since.localeCompare(b.since));
}

const PHASES: LiveSource["phase"][] = ["failing", "stopped", "starting", "running"];

/** Sources with alarms first, then by phase and name. */
export function inOrder(sources: LiveSource[]): LiveSource[] {
  const quiet = ({ alarms }: LiveSource) => Number(alarms.length === 0);
  return [...sources].sort(
    (a, b) =>
      quiet(a) - quiet(b) ||
      PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
      a.name.localeCompare(b.name),
  );
}

/** How full the room for what waits to be written is, 0 to 1. */
export const fullness = ({ waiting_bytes, room_bytes }: Intake): number =>
  room_bytes > 0 ? Math.min(1, waiting_bytes / room_bytes) : 0;

/** Where the intake stands, in a sentence. */
export function intakeWords(intake: Intake): string {
  const waits =
    intake.waiting_bytes === 0
      ? "Nothing waits to be written"
      : `${bytes(intake.waiting_bytes)} of ${bytes(intake.room_bytes)} wait to be written`;
  return `${waits}; ${count(intake.committed)} records written in ${count(intake.commits)} commits since the start.`;
}
