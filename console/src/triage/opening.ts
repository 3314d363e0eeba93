import type { AlertSummary } from "../api/types";

const KIND_OF: Record<string, string> = {
  leakage: "data_leakage",
  sabotage: "sabotage",
  fraud: "fraud",
  misuse: "misuse",
};

/** Longest title of a case, characters. */
export const TITLE_MOST = 200;

/** What a case from an alert begins with. Its title names nobody: the pseudonym is taken out, for the title is read by more. */
export function opening(alert: Pick<AlertSummary, "threat" | "title" | "subject">): {
  kind: string;
  title: string;
} {
  const title = alert.title.split(alert.subject).join("").replace(/\s+/g, " ").trim();
  return {
    kind: KIND_OF[alert.threat ?? ""] ?? "misuse",
    title: title.slice(0, TITLE_MOST).replace(/^[\s:,;–-]+|[\s:,;–-]+$/g, ""),
  };
}

/** The case that an alert is in, as its history says; the latest one counts. */
export function caseOf(history: { action: string }[]): string | undefined {
  const found = history.map((entry) => /\bin case (C-\d{4}-\d{4,9})\b/.exec(entry.action)?.[1]);
  return found.filter((id) => id !== undefined).at(-1);
}
