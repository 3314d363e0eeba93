/** What somebody can do in a case as it stands, so that only that is offered. The server decides; this only saves a refusal. */
import type { Case, Department, Duty, Proposal, Question } from "../../api/cases";
import { ACTS } from "../../words/casework";

export interface Rights {
  /** Work on it goes on. */
  goesOn: boolean;
  /** May write notes. */
  writes: boolean;
  /** May add tasks, evidence, proposals. */
  works: boolean;
  /** Leads, or has accepted to answer for the phase. */
  manages: boolean;
  department: Department | null;
}

const holds = (duty: Duty, account: string) =>
  duty.holder === account && (duty.state === "accepted" || duty.state === "done");

/** The rights of an account in a case. */
export function rights(of: Case, account: string): Rights {
  const member = of.members[account];
  const goesOn = of.state !== "closed" && of.merged_into === null;
  const answers = Object.values(of.duties).some(
    (duty) => duty.letter === "accountable" && duty.id.startsWith(`${of.phase}/`) && holds(duty, account),
  );
  const role = member?.role;
  return {
    goesOn,
    writes: goesOn && role !== undefined && role !== "observer",
    works: goesOn && role !== undefined && role !== "observer" && role !== "counsel",
    manages: member !== undefined && (role === "lead" || answers),
    department: member?.department ?? null,
  };
}

export const isPending = (proposal: Proposal) =>
  proposal.standing === "open" || proposal.standing === "escalated";

/** What can be done with the case as a whole next. */
export type Step = "investigate" | "contain" | "close" | "closeBenign" | "reopen" | "enterPhase";

/** The steps that are open to somebody who manages the case. */
export function steps(of: Case): Step[] {
  if (of.merged_into !== null) return [];
  if (of.state === "closed") return ["reopen"];
  const waits = Object.values(of.proposals).some(isPending);
  const found: Step[] = [];
  if (of.state === "open") found.push("investigate");
  if (of.state === "investigating") found.push("contain");
  if (of.state === "decided" && !waits) found.push("close");
  if (of.state !== "decided" && !waits) found.push("closeBenign");
  found.push("enterPhase");
  return found;
}

/** True once help for a subject was decided on in this case. */
export function wasSupported(of: Case, subject: string): boolean {
  return Object.values(of.proposals).some(({ standing, wording: { question } }) => {
    if (standing !== "agreed" && standing !== "ruled_for") return false;
    if (!("respond" in question) || question.respond.subject !== subject) return false;
    return question.respond.act === "coach" || question.respond.act === "offer_support";
  });
}

/** What a response must say besides its reason. */
export function needs(of: Case, act: string, subject: string) {
  const known = ACTS.find(({ id }) => id === act);
  const supports = known !== undefined && "supports" in known;
  return {
    end: known !== undefined && "tightens" in known,
    withoutSupport: !supports && !wasSupported(of, subject),
    heard: known !== undefined && "punishes" in known,
    /** Only help can be proposed before anybody has looked into the case. */
    tooEarly: !supports && of.state === "open",
  };
}

/** True if closing can be proposed now. */
export function canProposeClosing(of: Case): boolean {
  const asked = Object.values(of.proposals).some((p) => isPending(p) && "close" in p.wording.question);
  return (of.state === "investigating" || of.state === "contained") && !asked;
}

/** Who has voted, also while the votes themselves are sealed. */
export function voters(proposal: Proposal): string[] {
  if (proposal.voted) return proposal.voted;
  return Object.values(proposal.votes).map((vote) => vote.who);
}

/** The vote of a department, if it is open to read. */
export function voteOf(proposal: Proposal, department: Department) {
  return Array.isArray(proposal.votes) ? undefined : proposal.votes[department];
}

/** True if somebody of a department can vote now. Which department a sealed vote came from follows from its member. */
export function canVote(of: Case, proposal: Proposal, account: string, mine: Rights): boolean {
  if (proposal.standing !== "open" || !mine.works || mine.department === null) return false;
  if (proposal.recused.includes(account)) return false;
  return voters(proposal).every((who) => of.members[who]?.department !== mine.department);
}

/** What is asked, in words. */
export function questionWords(question: Question): string {
  if ("close" in question) return `close the case as ${question.close.outcome.replaceAll("_", " ")}`;
  return `${question.respond.act.replaceAll("_", " ")} for ${question.respond.subject}`;
}
