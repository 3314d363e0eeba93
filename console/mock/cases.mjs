// Made-up casework and ledger for working on the console without a server: enough of the rules to click through, not the rules.
import { createHash, randomBytes } from "node:crypto";
import * as data from "./data.mjs";

const now = () => Date.now() * 1000;
const id = () => randomBytes(16).toString("hex");
const sha = (text) => createHash("sha256").update(text).digest("hex");
const iso = (micros) => new Date(micros / 1000).toISOString();
const DEPARTMENT = { it_analyst: "it", corporate_investigator: "corporate" };
const cases = new Map();
const files = new Map();
const rows = [];

export class Refused extends Error {
  constructor(message, hint, status = 422) {
    super(message);
    Object.assign(this, { status, code: "refused", hint });
  }
}

export function look(who, act, over = {}) {
  const row = { seq: rows.length, at: iso(now()), who, role: who, act, ...over };
  for (const key of ["subject", "case", "purpose", "object"]) row[key] ??= null;
  rows.push({ ...row, hash: sha(`${rows.at(-1)?.hash}${JSON.stringify(row)}`) });
}

const MATRIX = {
  detect: { it_lead: "accountable", it_analyst: "responsible", corporate_investigator: "consulted" },
  analyse: {
    corporate_lead: "accountable",
    it_analyst: "responsible",
    corporate_investigator: "responsible",
    hr_partner: "consulted",
    legal_counsel: "informed",
  },
  contain: { it_lead: "accountable", system_owner: "responsible", works_council: "informed" },
  learn: { corporate_lead: "accountable", it_lead: "responsible", communications: "informed" },
};
const HOLDER = {
  it_lead: "approver_it",
  it_analyst: "it_analyst",
  system_owner: "it_analyst",
  corporate_lead: "approver_corporate",
  corporate_investigator: "corporate_investigator",
  hr_partner: "corporate_investigator",
  works_council: "works_council",
};

function duties(phase) {
  const made = {};
  for (const [of, letters] of Object.entries(MATRIX))
    for (const [role, letter] of Object.entries(letters)) {
      const holder = HOLDER[role] ?? null;
      made[`${of}/${role}`] = {
        id: `${of}/${role}`,
        letter,
        holder,
        deputy_of: null,
        escalated: false,
        within: "8h",
        due: of === phase ? now() + 8 * 3.6e9 : null,
        state: holder ? "offered" : "vacant",
        result: null,
        past: [],
      };
    }
  return made;
}

function fact(one, who, sentence, over = {}) {
  one.last = now();
  const item = { at: iso(one.last), origin: "case", who, sentence, visibility: "both" };
  one.timeline.push({ ...item, reference: { fact: ++one.seq }, ...over });
}

function join(one, account, role) {
  if (!["it_analyst", "corporate_investigator", "approver_it", "approver_corporate"].includes(account))
    throw new Refused(
      `nobody by the account \`${account}\` works with Tandem`,
      "add them to the people first",
    );
  const department = DEPARTMENT[account] ?? (account.endsWith("_it") ? "it" : "corporate");
  one.body.members[account] = { department, role, since: now() };
  if (department !== one.body.marks.by) one.body.marks.shared ??= now();
}

export function open(who, asked) {
  const number = `C-2026-${String(cases.size + 1).padStart(4, "0")}`;
  const alerts = asked.alerts.map((a) => data.alert(a).alert);
  const body = {
    id: number,
    title: asked.title,
    kind: asked.kind,
    severity: asked.severity ?? "high",
    state: "open",
    outcome: null,
    merged_into: null,
    split_from: null,
    phase: "detect",
    marks: {
      opened: now(),
      by: DEPARTMENT[who],
      shared: null,
      contained: null,
      decided: null,
      closed: null,
      pauses: [],
    },
    subjects: [...new Set(alerts.map((a) => a.subject))],
    alerts: Object.fromEntries(
      alerts.map((a) => [
        a.id,
        { id: a.id, subject: a.subject, raised: Date.parse(a.raised) * 1000, detectors: [] },
      ]),
    ),
    assets: [],
    cases: [],
    members: {},
    watchers: [],
    duties: duties("detect"),
    tasks: {},
    notes: {},
    evidence: {},
    proposals: {},
    decided: null,
  };
  const one = { body, timeline: [], seq: 0, last: now() };
  cases.set(number, one);
  fact(one, who, `opened the case as ${asked.kind}, severity ${body.severity}: ${asked.reason}`);
  for (const alert of alerts) {
    fact(one, who, `linked alert ${alert.id} about ${alert.subject}: ${asked.reason}`);
    const stored = data.alerts.find((a) => a.id === alert.id);
    Object.assign(stored, { status: "in_progress" });
    stored.history = [
      ...(stored.history ?? []),
      { at: iso(now()), who, action: `in case ${number}`, note: asked.reason },
    ];
    for (const indicator of data.alert(alert.id).indicators.slice(0, 6))
      one.timeline.push({
        at: indicator.time,
        origin: indicator.side,
        who: null,
        sentence: indicator.title,
        reference: { indicator: indicator.id },
        visibility: indicator.side === "human" ? "own_department" : "both",
      });
  }
  join(one, who, "lead");
  look(who, "case.open", { case: number, subject: body.subjects[0], purpose: "triage", object: number });
  return view(who, number);
}

const COMMANDS = {
  life(one, who, [what, { reason, phase }]) {
    const { body } = one;
    if (what === "investigate") body.state = "investigating";
    if (what === "contain") [body.state, body.marks.contained] = ["contained", now()];
    if (what === "enter_phase") body.phase = phase;
    if (what === "reopen") [body.state, body.outcome, body.marks.closed] = ["investigating", null, null];
    if (what === "close" || what === "close_benign") {
      const asked = body.proposals[body.decided]?.wording.question.close.outcome;
      body.outcome = what === "close" ? asked : "benign";
      [body.state, body.marks.closed] = ["closed", now()];
    }
    fact(one, who, `${what.replaceAll("_", " ")} ${phase ?? ""}: ${reason}`);
  },
  people(one, who, [what, { account = who, role, reason }]) {
    if (what === "add" && one.body.members[account])
      throw new Refused("it is so already, there is nothing to change", "look at the present state");
    if (what === "add" || what === "change_role") join(one, account, role);
    else delete one.body.members[account];
    fact(one, who, `${account}: ${what.replaceAll("_", " ")} ${role ?? ""}: ${reason}`);
  },
  duty(one, who, [what, { duty, to, result, reason }]) {
    const found = one.body.duties[duty];
    if (what === "accept") found.state = "accepted";
    if (what === "done") [found.state, found.result] = ["done", result];
    if (what === "decline" || what === "hand_over") {
      found.past.push({
        account: found.holder,
        how: `${what === "decline" ? "declined" : "handed_over"}`,
        until: now(),
      });
      [found.holder, found.state] = to ? [to, "offered"] : [null, "vacant"];
    }
    fact(one, who, `${what} the duty ${duty}${reason ? `: ${reason}` : ""}`);
  },
  task(one, who, [what, { task = id(), title, assignee = null, due = null, text = null }]) {
    if (due !== null && due < now()) throw new Refused("the due time has passed", "choose a later one");
    const known = one.body.tasks[task] ?? { id: task, title, assignee, due };
    const state = { done: "done", block: "blocked" }[what] ?? "open";
    one.body.tasks[task] = { ...known, state, text };
    fact(one, who, what === "add" ? `added the task “${title}”` : `${what} a task: ${text}`);
  },
  note(one, who, [, { visibility, text, corrects = null }]) {
    const made = id();
    const { department } = one.body.members[who];
    one.body.notes[made] = {
      id: made,
      author: who,
      department,
      at: now(),
      visibility,
      text,
      corrects,
      mentions: [],
    };
    fact(one, who, `noted: ${text}`, { visibility, reference: { note: made }, department });
  },
  decision(one, who, [what, { wording, proposal = id(), hash, answer, reason }]) {
    const { body } = one;
    const found = body.proposals[proposal];
    if (what === "propose")
      body.proposals[proposal] = {
        id: proposal,
        wording,
        hash: sha(proposal + JSON.stringify(wording)),
        by: who,
        at: now(),
        expires: now() + 14 * 8.64e10,
        standing: "open",
        votes: {},
        recused: [],
        decider: null,
        ruling: null,
        lapsed: false,
      };
    if (what === "withdraw") found.standing = "withdrawn";
    if (what === "withdraw_vote") delete found.votes[body.members[who].department];
    if (what === "rule") {
      found.ruling = { who, answer, reason, at: now() };
      found.standing = answer === "for" ? "ruled_for" : "ruled_against";
    }
    if (what === "vote") {
      if (hash !== found.hash) throw new Refused("the wording is not the one you read", "read it again");
      found.votes[body.members[who].department] = { who, answer, reason, at: now() };
      const { it, corporate } = found.votes;
      if (it && corporate) {
        const same = it.answer === corporate.answer;
        found.standing = !same ? "escalated" : answer === "for" ? "agreed" : "rejected";
        if (!same) found.decider = "approver_it";
      }
    }
    if (["agreed", "ruled_for"].includes(found?.standing) && found.wording.question.close)
      Object.assign(body, { state: "decided", decided: proposal }).marks.decided = now();
    fact(one, who, what === "propose" ? `proposed: ${wording.reason}` : `${what} on a proposal: ${reason}`);
  },
};

function known(who, number) {
  const one = cases.get(number);
  if (!one) throw new Refused("there is no such case", "check the address", 404);
  if (!one.body.members[who])
    throw Object.assign(
      new Refused(`no policy lets ${who} look at this case`, "ask a lead of the case", 403),
      {
        code: "forbidden",
      },
    );
  return one;
}

export function command(who, number, body) {
  const one = known(who, number);
  if (one.body.state === "closed" && !body.life)
    throw new Refused("the case is closed", "a lead can open it again");
  const [concern, what] = Object.entries(body)[0];
  COMMANDS[concern](one, who, Object.entries(what)[0]);
  look(who, `case.${concern}`, { case: number, subject: one.body.subjects[0], purpose: "investigation" });
  return view(who, number);
}

const summary = ({ body, last }) => ({
  id: body.id,
  title: body.title,
  kind: body.kind,
  severity: body.severity,
  state: body.state,
  outcome: body.outcome,
  phase: body.phase,
  opened: iso(body.marks.opened),
  changed: iso(last),
  members: Object.keys(body.members).length,
  shared: body.marks.shared !== null,
  open_tasks: Object.values(body.tasks).filter((t) => t.state !== "done").length,
});

export function view(who, number) {
  const one = known(who, number);
  const { body } = one;
  const mine = body.members[who];
  const reads = (visibility, author, department) =>
    author === who ||
    visibility === "both" ||
    (visibility === "own_department" && department === mine.department);
  const notes = Object.entries(body.notes).filter(([, n]) => reads(n.visibility, n.author, n.department));
  const proposals = Object.entries(body.proposals).map(([key, p]) => {
    const sealed = p.standing === "open" && Object.keys(p.votes).length > 0;
    return [key, sealed ? { ...p, votes: [], voted: Object.values(p.votes).map((v) => v.who) } : p];
  });
  const side = { human: "corporate", technical: "it" };
  return {
    summary: summary(one),
    case: { ...body, notes: Object.fromEntries(notes), proposals: Object.fromEntries(proposals) },
    my_role: mine.role,
    timeline: one.timeline
      .filter((i) => reads(i.visibility, i.who, i.department ?? side[i.origin]))
      .sort((a, b) => a.at.localeCompare(b.at)),
    version: one.seq,
  };
}

export function list(who, { status, text }) {
  const wanted = (s) =>
    (!status || s.state === status) &&
    (!text || JSON.stringify(s).toLowerCase().includes(text.toLowerCase()));
  const mine = [...cases.values()].filter((one) => who === "auditor" || one.body.members[who]);
  return { cases: mine.map(summary).filter(wanted).reverse() };
}

export function addEvidence(who, number, { name, source }, media_type, bytes) {
  const one = known(who, number);
  const item = id();
  const sha256 = sha(bytes);
  files.set(item, { bytes, media_type });
  const link = { who, at: now(), act: "collected", sha256, note: null, seq: one.seq + 1 };
  one.body.evidence[item] = {
    ...{ id: item, name, media_type, size: bytes.length, sha256, source },
    ...{ sealed: false, damaged: false, custody: [link] },
  };
  fact(one, who, `collected ${name} (${bytes.length} bytes, SHA-256 ${sha256}) from ${source}`);
  return view(who, number);
}

export function evidence(who, number, item) {
  const one = known(who, number);
  const { custody, sha256 } = one.body.evidence[item];
  fact(one, who, `viewed evidence ${item}`);
  custody.push({ who, at: now(), act: "viewed", sha256, note: null, seq: one.seq });
  return files.get(item);
}

export function ledger({ subject, who, case: of, act, before, limit = "100" }) {
  const wanted = (r) =>
    (!subject || r.subject === subject) &&
    (!who || r.who === who) &&
    (!of || r.case === of) &&
    (!act || r.act.startsWith(act)) &&
    (!before || r.seq < Number(before));
  const found = rows.filter(wanted).reverse();
  const shown = found.slice(0, Number(limit));
  return {
    size: rows.length,
    rows: shown,
    next: found.length > shown.length ? shown.at(-1).seq : null,
    checkpoint: `tandem.example/ledger\n${rows.length}\n${Buffer.from(sha("root"), "hex").toString("base64")}\n\n— tandem.example/ledger 8z0IYQudjg5X\n`,
    public_key: "tandem.example/ledger+f3cd0861+AZ8Q0yQp",
  };
}

export const check = () => ({
  holds: true,
  sentence: `all ${rows.length} rows follow from one another, and 1 signed checkpoints fit them`,
  rows: rows.length,
  checkpoints: 1,
  broken_row: null,
});

export const exported = () => rows.map((row) => JSON.stringify({ row })).join("\n");
