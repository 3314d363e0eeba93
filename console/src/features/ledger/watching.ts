/** What findings about colleagues are called, and what an answer lacks. */
import type { WatchFinding } from "../../api/watch";
import type { Search } from "../../url";

const KINDS: Record<string, string> = {
  many_subjects_without_case: "Many subjects without a case",
  look_at_colleague: "A look at the own team",
  look_at_self: "A look at oneself",
  look_in_conflicting_department: "A look where there is a conflict of interest",
  at_night: "Looks at night",
  export_burst: "Many exports",
};

/** A finding's heading. */
export const kindWords = (kind: string): string => KINDS[kind] ?? "Something unusual";

/** What can be concluded. */
export const CONCLUSIONS = [
  { id: "in_order", text: "in order: there was a reason, and it was allowed" },
  { id: "not_in_order", text: "not in order: there was none, or it was not allowed" },
];

/** What an answer still lacks, in words; nothing once it can be sent. */
export function lacking(conclusion: string, reason: string): string {
  if (conclusion === "") return "Say what you concluded first.";
  return reason.trim() === "" ? "Say what you found first." : "";
}

/** Where the ledger shows the rows that a finding rests on; nothing if they are kept back. */
export function rowsOf(one: WatchFinding): Search | null {
  const last = one.rows.at(-1);
  if (last === undefined) return null;
  return {
    who: one.who,
    before: String(last + 1),
    from: undefined,
    subject: one.subject ?? undefined,
    case: undefined,
    act: undefined,
  };
}
