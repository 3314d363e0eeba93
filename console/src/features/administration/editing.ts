/** The form of a colleague: what it holds, what it lacks, and what is sent. The server decides. */
import type { ChangeColleague, Colleague, ColleagueSettings } from "../../api/colleagues";

export interface Draft extends ChangeColleague {
  account: string;
}

const NOTHING: ColleagueSettings = {
  functions: [],
  deputies: [],
  absences: [],
  conflicts: [],
  chat: [],
  mail: null,
};

/** What a form begins with; without a colleague, for a new one. */
export function draftOf(one?: Colleague): Draft {
  return {
    account: one?.account ?? "",
    role: one?.role ?? "it_analyst",
    department: one?.role === "approver" ? one.department : null,
    disabled: one?.managed?.disabled ?? false,
    settings: { ...NOTHING, ...one?.managed?.settings },
  };
}

/** The department that a draft comes to: the role of a case worker says it, an approver's is chosen. */
export function departmentOf(draft: Pick<Draft, "role" | "department">): string | null {
  if (draft.role === "it_analyst") return "it";
  if (draft.role === "corporate_investigator") return "corporate";
  return draft.role === "approver" ? draft.department : null;
}

/** Those who can stand in: of the same department, working, and not themselves. */
export function deputyChoices(list: Colleague[], draft: Draft): Colleague[] {
  const department = departmentOf(draft);
  return list.filter(
    (one) =>
      one.account !== draft.account &&
      !["staff", "administrator"].includes(one.role) &&
      !one.managed?.disabled &&
      one.department === department &&
      !draft.settings.deputies.includes(one.account),
  );
}

/** What is still missing, in words; nothing once it can be sent. */
export function lacks(draft: Draft): string {
  if (draft.account.trim() === "" || /\s/.test(draft.account.trim()))
    return "Give an account name without blanks.";
  if (draft.role === "approver" && !draft.department) return "Say for which department they approve.";
  if (draft.settings.absences.some(([from, until]) => !from || !until || from >= until))
    return "Each absence needs a first day, and a later first day back.";
  if (draft.settings.conflicts.some((name) => name.trim() === ""))
    return "Each department to keep away from needs its name.";
  if (draft.settings.chat.some(([system, id]) => system.trim() === "" || id.trim() === ""))
    return "Each chat account needs its system and its id.";
  return "";
}

/** What is sent. */
export function changeOf(draft: Draft): ChangeColleague {
  const { role, department, disabled, settings } = draft;
  const mail = settings.mail?.trim() ?? "";
  return {
    role,
    department: role === "approver" ? department : null,
    disabled,
    settings: { ...settings, mail: mail === "" ? null : mail },
  };
}

/** A list with the entry at `at` replaced, or taken out. */
export function replaced<T>(list: T[], at: number, entry?: T): T[] {
  return entry === undefined
    ? list.filter((_, n) => n !== at)
    : list.map((old, n) => (n === at ? entry : old));
}
