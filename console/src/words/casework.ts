/** Words of casework. */

export const KINDS = [
  "data_leakage",
  "sabotage",
  "fraud",
  "misuse",
  "account_sharing",
  "lost_device",
  "mass_deletion",
  "leaked_credential",
  "harassment_report",
  "false_accusation",
  "coercion",
  "contractor_out_of_scope",
  "careless_upload",
  "departing_employee",
] as const;

export const SEVERITIES = ["informational", "low", "medium", "high", "critical", "fatal"] as const;
export const STATES = ["open", "investigating", "contained", "decided", "closed"] as const;
export const PHASES = ["prepare", "detect", "analyse", "contain", "eradicate", "recover", "learn"] as const;

/** What a member can be, and what that means. */
export const ROLES = [
  { id: "lead", means: "runs it for a department" },
  { id: "contributor", means: "works on it" },
  { id: "counsel", means: "legal advice; sees what is for counsel only" },
  { id: "hr_partner", means: "human resources" },
  { id: "observer", means: "reads along" },
] as const;

export const LETTERS: Record<string, { letter: string; means: string }> = {
  responsible: { letter: "R", means: "does the work" },
  accountable: { letter: "A", means: "answers for it" },
  consulted: { letter: "C", means: "is asked before" },
  informed: { letter: "I", means: "is told after" },
};

/** Who may read a note. */
export const VISIBILITIES = [
  { id: "own_department", text: "own department" },
  { id: "both", text: "both departments" },
  { id: "counsel", text: "counsel only" },
] as const;

/** How a case can end by a joint decision. */
export const OUTCOMES = [
  { id: "confirmed", means: "it was what it looked like" },
  { id: "unfounded", means: "it did not happen" },
  { id: "insufficient_data", means: "cannot be said" },
  { id: "benign", means: "it happened, and it was allowed" },
] as const;

/** Responses that touch a person, gentlest first. */
export const ACTS = [
  { id: "coach", means: "a talk that teaches", supports: true },
  { id: "offer_support", means: "an offer of help", supports: true },
  { id: "limit_rights", means: "fewer rights for a time", tightens: true },
  { id: "suspend_account", means: "no account for a time", tightens: true },
  { id: "interview", means: "a formal interview" },
  { id: "disciplinary", means: "a measure under labour law", punishes: true },
  { id: "dismissal", means: "the end of employment", punishes: true },
  { id: "report_to_authority", means: "police, prosecutor or supervisory authority", punishes: true },
] as const satisfies {
  id: string;
  means: string;
  supports?: boolean;
  tightens?: boolean;
  punishes?: boolean;
}[];

/** Why the clocks of deciding and closing may stand still. */
export const PAUSES = [
  { id: "authority", means: "an authority asked for it or has to answer first" },
  { id: "legal_stay", means: "a court or a statute stays the matter" },
  { id: "subject_away", means: "the subject is away and has to be heard" },
  { id: "works_council", means: "the staff's representatives have to answer first" },
] as const;

export const DEPARTMENTS: Record<string, string> = {
  it: "IT security",
  corporate: "Corporate security",
};

/** Parts of an identity, each asked for by itself. */
export const IDENTITY_FIELDS = [
  { id: "name", means: "given and family name" },
  { id: "contact", means: "mail and telephone" },
  { id: "accounts", means: "account names" },
  { id: "position", means: "position and unit" },
  { id: "manager", means: "who leads them" },
  { id: "site", means: "place of work" },
] as const;

/** What a disclosure can be for. */
export const DISCLOSURE_PURPOSES = [
  { id: "investigation", means: "to find out what happened" },
  { id: "support", means: "to help the person" },
  { id: "containment", means: "to stop harm" },
] as const;

export const CASE_TEXT = {
  noCasesTitle: "No cases here",
  noCases:
    "Open an alert and press “Open a case…”, or open one here when somebody reported something. You see the cases in which you take part.",
  noCasesFiltered: "No case fits these filters. Clear one to see more.",
  noCasesOther: "You see the cases in which you take part. A lead of a case can add you.",
  titleHint: "One line that names nobody: both departments and the auditor read it.",
  noDutiesTitle: "Nothing waits for you",
  noDuties:
    "Duties that a case offers you, tasks that you are given, meetings that you are asked to, votes and rulings appear here, over all cases. What is late comes first.",
  noMentions: "Nobody has mentioned you. Who writes @ and your account in a note of a case tells you here.",
  noWatched: "None. Press “Watch” in a case that you want to keep an eye on.",
  outline:
    "You see that this case is there, and how it stands, but not what is in it. A lead of the case can add you; if you were offered a duty in it, accept it on the duty board and you are a member.",
  mergeRule:
    "Its subjects, alerts and assets are linked there, and the work goes on there. Its notes and evidence stay here and can be read. Members are not carried over: who needs to know both is decided anew.",
  splitRule:
    "They leave this case; you lead the new one. Members are not carried over: who needs to know is decided anew.",
  conflictRule:
    "Whoever has a stake in a case takes no part: membership, duties, tasks and open votes go at once and cannot come back. Nobody is told why.",
  noNotes: "Nothing has been written yet that you may read.",
  noTasks: "Nothing is to be done yet.",
  noMeetings: "No meeting is planned. Members of both departments who talk early decide better.",
  noEvidence: "Nothing has been taken in yet. Each file is kept with its SHA-256 and its chain of custody.",
  noProposals:
    "Nothing has been proposed yet. Closing a case as anything but benign, and any response that touches a person, needs a yes from both departments.",
  noDisclosures: "Nobody has asked yet who stands behind a pseudonym of this case.",
  disclosureRule:
    "A name is shown only for this case, only the parts that were asked for, and only after an approver of each department said yes.",
  beforeLook:
    "Showing it is a look: it is written into the ledger first, and the person will be told of it later.",
  nobodyToDisclose: "The case is about no subject yet, so there is nobody to ask about.",
  noApprovalsTitle: "Nothing waits for you",
  noApprovals: "When somebody asks who a subject is, the request appears here and in the bar above.",
  sealed: "The votes are sealed until both departments have voted, so that nobody follows the other.",
} as const;
