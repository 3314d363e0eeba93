/** Connectors and dead letters in words; no React here. */
import type { ConnectorState, DeadLetter } from "../../api/connectors";

const KINDS: Record<string, string> = {
  matrix: "Matrix",
  mattermost: "Mattermost",
  mattermost_hook: "Mattermost, one way",
  slack: "Slack",
  teams_workflow: "Teams, one way",
  teams_bot: "Teams",
  mail: "mail",
  hook: "webhook",
};

/** What kind of connector it is. */
export function kindWords(kind: string | null): string {
  return kind === null ? "not in the settings any more" : (KINDS[kind] ?? kind);
}

const JOBS: Record<string, string> = {
  post: "a message",
  amend: "a message instead of an earlier one",
  open_room: "a room for a case",
  invite: "an invitation to a case's room",
  remove: "taking somebody out of a case's room",
  close_room: "closing a case's room",
  mail: "a mail",
  digest: "somebody's daily mail",
  hook: "an event",
  unreadable: "something that cannot be read",
};

/** What was to be done. */
export function jobWords(job: string): string {
  return JOBS[job] ?? job.replaceAll("_", " ");
}

const FAILURES: [RegExp, (far: string, why: string) => string][] = [
  [/^([^:]+): refused: (.+)$/s, (far, why) => `${far} said no: ${why}`],
  [/^([^:]+): not reached: (.+)$/s, (far, why) => `${far} could not be reached: ${why}`],
  [/^([^:]+): unclear whether it arrived: (.+)$/s, (far, why) => `${far} may or may not have it: ${why}`],
  [/^([^:]+): (asks for a pause)$/s, (far) => `${far} asks for a pause`],
];

/** What a sender said, in plain words; what is not known stays as it is. */
export function plainFailure(said: string): string {
  const given = /^(given up after \d+ attempts): (.+)$/s.exec(said);
  if (given?.[1] && given[2]) return `${given[1]}; at last ${plainFailure(given[2])}`;
  for (const [pattern, words] of FAILURES) {
    const found = pattern.exec(said);
    if (found?.[1]) return words(found[1], found[2] ?? "");
  }
  return said;
}

/** How a connector does, by what happened last. */
export function standing(one: Pick<ConnectorState, "kind" | "arrived" | "failed">): string {
  if (one.kind === null) return "switched off";
  if (one.failed && (!one.arrived || one.failed.at > one.arrived)) return "failing";
  return one.arrived ? "works" : "not tried yet";
}

/** True if sending it again can do anything. */
export function replayable(letter: Pick<DeadLetter, "cause">): boolean {
  return letter.cause !== "unreadable" && letter.cause !== "unconfigured";
}
