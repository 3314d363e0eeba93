import type { AlertRef, Case } from "../../api/cases";
import { isPending } from "./rights";

/** What a lead can do with a case beside the usual steps. */
export type Extra = "merge" | "split" | "reclassify" | "pause" | "resume" | "reconsider";

/** Which of it is open now. */
export function extras(of: Case): Extra[] {
  if (of.merged_into !== null || of.state === "closed") return [];
  const found: Extra[] = [];
  const waits = Object.values(of.proposals).some(isPending);
  const undecided = of.state !== "decided";
  if (undecided && !waits) {
    found.push("merge");
    if (of.subjects.length + Object.keys(of.alerts).length > 0) found.push("split");
  }
  if (!undecided) found.push("reconsider");
  found.push("reclassify");
  found.push(of.marks.pauses.some((pause) => pause.until === null) ? "resume" : "pause");
  return found;
}

/** The alerts that go with the picked subjects and alerts: no alert stays behind when its subject goes. */
export function goesAlong(of: Case, subjects: string[], alerts: string[]): AlertRef[] {
  return Object.values(of.alerts).filter(
    (alert) => subjects.includes(alert.subject) || alerts.includes(alert.id),
  );
}
