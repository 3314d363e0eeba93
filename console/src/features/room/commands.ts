/** Commands of casework as the API takes them: one object with the concern's name, in it one with the command's. */
import type {
  AlertRef,
  Answer,
  Appointment,
  CaseRole,
  Command,
  Question,
  Respond,
  Visibility,
} from "../../api/cases";

/** Leaves out what nobody filled in. */
function filled(fields: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept);
}

/** `2026-05-04T10:00`, meant as UTC, in microseconds; nothing if it is no time. */
export function micros(text: string): number | undefined {
  const at = text ? Date.parse(`${text}Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : at * 1000;
}

export const life = {
  investigate: (reason: string): Command => ({ life: { investigate: { reason } } }),
  contain: (reason: string): Command => ({ life: { contain: { reason } } }),
  close: (reason: string): Command => ({ life: { close: { reason } } }),
  closeBenign: (reason: string): Command => ({ life: { close_benign: { reason } } }),
  reopen: (reason: string): Command => ({ life: { reopen: { reason } } }),
  enterPhase: (phase: string, reason: string): Command => ({ life: { enter_phase: { phase, reason } } }),
  reconsider: (reason: string): Command => ({ life: { reconsider: { reason } } }),
  reclassify: (kind: string, severity: string, reason: string): Command => ({
    life: { reclassify: { kind, severity, reason } },
  }),
  pauseClock: (why: string, reason: string): Command => ({ life: { pause_clock: { why, reason } } }),
  resumeClock: (reason: string): Command => ({ life: { resume_clock: { reason } } }),
};

export const people = {
  add: (account: string, role: CaseRole, reason: string): Command => ({
    people: { add: { account: account.trim(), role, reason } },
  }),
  changeRole: (account: string, role: CaseRole, reason: string): Command => ({
    people: { change_role: { account, role, reason } },
  }),
  remove: (account: string, reason: string): Command => ({ people: { remove: { account, reason } } }),
  leave: (reason: string): Command => ({ people: { leave: { reason } } }),
  declareInvolved: (account: string, reason: string): Command => ({
    people: { declare_involved: { account, reason } },
  }),
  watch: (): Command => ({ people: "watch" }),
  unwatch: (): Command => ({ people: "unwatch" }),
};

export const note = {
  write: (visibility: Visibility, text: string, corrects?: string): Command => ({
    note: { write: filled({ visibility, text, corrects }) },
  }),
};

/** What a case can have to do with. The server fills in what it knows of an alert. */
export type Linked = { subject: string } | { asset: string } | { case: string } | { alert: AlertRef };

export const link = {
  add: (what: Linked, reason: string): Command => ({ link: { link: { link: what, reason } } }),
  remove: (what: Linked, reason: string): Command => ({ link: { unlink: { link: what, reason } } }),
};

export const task = {
  add: (title: string, assignee: string, due: string): Command => ({
    task: { add: filled({ title, assignee, due: micros(due) }) },
  }),
  done: (id: string, text: string): Command => ({ task: { done: { task: id, text } } }),
  assign: (id: string, assignee: string, due: number | undefined, reason: string): Command => ({
    task: { assign: filled({ task: id, assignee, due, reason }) },
  }),
  block: (id: string, text: string): Command => ({ task: { block: { task: id, text } } }),
  resume: (id: string, reason: string): Command => ({ task: { resume: { task: id, reason } } }),
};

export const meeting = {
  plan: (title: string, at: Appointment, agenda: string): Command => ({
    meeting: { plan: filled({ title, at, agenda }) },
  }),
  move: (id: string, at: Appointment, reason: string): Command => ({
    meeting: { move: { meeting: id, at, reason } },
  }),
  cancel: (id: string, reason: string): Command => ({ meeting: { cancel: { meeting: id, reason } } }),
  hold: (id: string, attended: string[], minutes: string): Command => ({
    meeting: { hold: { meeting: id, attended, minutes } },
  }),
};

export const duty = {
  accept: (id: string): Command => ({ duty: { accept: { duty: id } } }),
  decline: (id: string, reason: string): Command => ({ duty: { decline: { duty: id, reason } } }),
  handOver: (id: string, to: string, reason: string): Command => ({
    duty: { hand_over: { duty: id, to: to.trim(), reason } },
  }),
  done: (id: string, result: string): Command => ({ duty: { done: { duty: id, result } } }),
};

const propose = (question: Question, reason: string): Command => ({
  decision: { propose: { wording: { question, reason } } },
});

/** What a response that touches a person is asked with; `until` is a day, whose end is meant. */
export interface Asked {
  act: string;
  subject: string;
  until: string;
  withoutSupport: string;
  heard: string;
}

export const decision = {
  close: (outcome: string, reason: string): Command => propose({ close: { outcome } }, reason),
  respond: (asked: Asked, reason: string): Command =>
    propose(
      {
        respond: filled({
          act: asked.act,
          subject: asked.subject,
          until: asked.until ? micros(`${asked.until}T23:59`) : undefined,
          without_support: asked.withoutSupport.trim(),
          heard: asked.heard.trim(),
        }) as unknown as Respond,
      },
      reason,
    ),
  vote: (proposal: string, hash: string, answer: Answer, reason: string): Command => ({
    decision: { vote: { proposal, hash, answer, reason } },
  }),
  rule: (proposal: string, hash: string, answer: Answer, reason: string): Command => ({
    decision: { rule: { proposal, hash, answer, reason } },
  }),
  recuse: (proposal: string, reason: string): Command => ({ decision: { recuse: { proposal, reason } } }),
  withdrawVote: (proposal: string, reason: string): Command => ({
    decision: { withdraw_vote: { proposal, reason } },
  }),
  withdraw: (proposal: string, reason: string): Command => ({
    decision: { withdraw: { proposal, reason } },
  }),
};
