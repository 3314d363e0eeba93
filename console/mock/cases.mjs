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
    meetings: {},
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
  life(one, who, [what, { reason, phase, kind, severity, why }]) {
    const { body } = one;
    if (what === "investigate") body.state = "investigating";
    if (what === "contain") [body.state, body.marks.contained] = ["contained", now()];
    if (what === "enter_phase") body.phase = phase;
    if (what === "reconsider") [body.state, body.decided] = ["investigating", null];
    if (what === "reclassify") [body.kind, body.severity] = [kind, severity];
    if (what === "pause_clock") body.marks.pauses.push({ from: now(), until: null, why });
    if (what === "resume_clock") for (const pause of body.marks.pauses) pause.until ??= now();
    if (what === "reopen") [body.state, body.outcome, body.marks.closed] = ["investigating", null, null];
    if (what === "close" || what === "close_benign") {
      const asked = body.proposals[body.decided]?.wording.question.close.outcome;
      body.outcome = what === "close" ? asked : "benign";
      [body.state, body.marks.closed] = ["closed", now()];
    }
    fact(one, who, `${what.replaceAll("_", " ")} ${phase ?? ""}: ${reason}`);
  },
  people(one, who, [what, { account = who, role, reason }]) {
    const { watchers } = one.body;
    if (what === "watch") watchers.push(who);
    if (what === "unwatch") watchers.splice(watchers.indexOf(who), 1);
    if (what.endsWith("watch")) return fact(one, who, `${what}es the case`);
    if (what === "add" && one.body.members[account])
      throw new Refused("it is so already, there is nothing to change", "look at the present state");
    if (what === "add" || what === "change_role") join(one, account, role);
    else delete one.body.members[account];
    fact(one, who, `${account}: ${what.replaceAll("_", " ")} ${role ?? ""}: ${reason}`);
  },
  link(one, who, [what, { link, reason }]) {
    const { body } = one;
    const [kind, value] = Object.entries(link)[0];
    const list = { subject: body.subjects, asset: body.assets, case: body.cases }[kind];
    const alert = kind === "alert" && data.alerts.find((a) => a.id === value.id);
    if (kind === "alert" && !alert) throw new Refused("there is no such alert", "check the address", 404);
    if (what === "link" && alert) {
      const { id, subject, raised } = data.alert(value.id).alert;
      body.alerts[id] = { id, subject, raised: Date.parse(raised) * 1000, detectors: [] };
      if (!body.subjects.includes(subject)) body.subjects.push(subject);
    } else if (what === "link") list.push(value);
    else if (alert) delete body.alerts[value.id];
    else list.splice(list.indexOf(value), 1);
    fact(one, who, `${what}ed ${kind} ${value.id ?? value}: ${reason}`);
  },
  duty(one, who, [what, { duty, to, result, reason }]) {
    const found = one.body.duties[duty];
    if (what === "accept") {
      found.state = "accepted";
      if (!one.body.members[who]) join(one, who, "contributor");
    }
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
    if (what === "assign") Object.assign(known, { assignee, due });
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
      mentions: [...text.matchAll(/@(\w+)/g)]
        .map(([, name]) => name)
        .filter((name) => name !== who && readers(one, who, visibility).includes(name)),
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

function readers({ body: { members } }, who, visibility) {
  const own = members[who].department;
  return Object.keys(members).filter(
    (name) => visibility === "both" || (visibility === "own_department" && members[name].department === own),
  );
}

const holds = (one, who) =>
  Object.values(one.body.duties).some((d) => d.holder === who && ["offered", "accepted"].includes(d.state));

function known(who, number, offered = false) {
  const one = cases.get(number);
  if (!one) throw new Refused("there is no such case", "check the address", 404);
  if (!one.body.members[who] && !(offered && (holds(one, who) || who === "auditor")))
    throw Object.assign(
      new Refused(`no policy lets ${who} look at this case`, "ask a lead of the case", 403),
      {
        code: "forbidden",
      },
    );
  return one;
}

export function command(who, number, body) {
  const one = known(who, number, body.duty);
  if (one.body.state === "closed" && !body.life)
    throw new Refused("the case is closed", "a lead can open it again");
  const [concern, what] = Object.entries(body)[0];
  COMMANDS[concern](one, who, typeof what === "string" ? [what, {}] : Object.entries(what)[0]);
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
  const one = known(who, number, true);
  const { body } = one;
  const mine = body.members[who];
  if (!mine) return { summary: summary(one), case: {}, my_role: null, timeline: [], version: one.seq };
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

const SEVERAL = ["open", "investigating", "contained", "decided"];
const phrase = (id) => id.replace("/", ": ").replaceAll("_", " ");

export function board(who) {
  const shown = { now: iso(now()), items: [], late: [], mentions: [], watched: [] };
  for (const one of cases.values()) {
    const { body } = one;
    const member = Boolean(body.members[who]);
    if (!SEVERAL.includes(body.state) || (!member && !holds(one, who))) continue;
    const item = (kind, id, what, state, due, over = {}) =>
      shown.items.push({
        ...{ kind, id, what, state, member, case: body.id, case_title: body.title, severity: body.severity },
        ...{ due: due === null ? null : iso(due), late: due !== null && due < now() },
        ...{ letter: null, deputy_of: null, escalated: false, ...over },
      });
    for (const d of Object.values(body.duties))
      if (d.holder === who && ["offered", "accepted"].includes(d.state))
        item("duty", d.id, phrase(d.id), d.state, d.due, { letter: d.letter });
    for (const t of Object.values(body.tasks))
      if (t.assignee === who && t.state !== "done") item("task", t.id, t.title, t.state, t.due);
    for (const p of Object.values(body.proposals))
      if (p.standing === "open" && member && !p.votes[body.members[who].department])
        item("vote", p.id, "to answer a proposal", p.standing, p.expires);
    for (const n of Object.values(body.notes))
      if (n.mentions.includes(who))
        shown.mentions.push({
          ...{ case: body.id, case_title: body.title, note: n.id, author: n.author, at: iso(n.at) },
          ...{ visibility: n.visibility, answered: false },
        });
    if (body.watchers.includes(who)) shown.watched.push(summary(one));
  }
  const rank = (i) => `${i.late ? 0 : 1}${i.due ?? "9"}${i.case}${i.id}`;
  shown.items.sort((a, b) => rank(a).localeCompare(rank(b)));
  return shown;
}

export function find(who, { text }) {
  const words = text.toLowerCase().split(/\s+/);
  const fits = (found) => words.every((word) => found.excerpt.toLowerCase().includes(word));
  const hits = [...cases.values()]
    .filter((one) => one.body.members[who])
    .map((one) => {
      const seen = view(who, one.body.id);
      const place = (name, things, of) =>
        Object.values(things).map((thing) => ({ place: name, id: thing.id, excerpt: thing[of] }));
      const found = [
        { place: "title", id: null, excerpt: `${seen.case.id} ${seen.case.title}` },
        ...place("note", seen.case.notes, "text"),
        ...place("task", seen.case.tasks, "title"),
        ...place("evidence", seen.case.evidence, "name"),
      ];
      return { case: seen.summary, found: found.filter(fits) };
    });
  return { hits: hits.filter((hit) => hit.found.length > 0) };
}

export function merge(who, number, { into, reason }) {
  const [from, to] = [known(who, number), known(who, into)];
  if (from === to) throw new Refused("a case cannot be merged into itself", "choose another one");
  Object.assign(from.body, { state: "closed", outcome: "merged", merged_into: into }).marks.closed = now();
  to.body.subjects = [...new Set([...to.body.subjects, ...from.body.subjects])];
  Object.assign(to.body.alerts, from.body.alerts);
  from.body.cases.push(into);
  to.body.cases.push(number);
  fact(from, who, `merged it into ${into}: ${reason}`);
  fact(to, who, `took in ${number}: ${reason}`);
  for (const one of [number, into]) look(who, "case.merge", { case: one, purpose: "investigation" });
  return view(who, into);
}

export function split(who, number, { title, reason, subjects, alerts }) {
  const from = known(who, number);
  const made = open(who, { kind: from.body.kind, title, reason, alerts });
  const { body } = cases.get(made.summary.id);
  body.subjects = [...new Set([...body.subjects, ...subjects])];
  Object.assign(body, { split_from: number, cases: [number], phase: from.body.phase });
  from.body.subjects = from.body.subjects.filter((s) => !subjects.includes(s));
  for (const alert of alerts) delete from.body.alerts[alert];
  from.body.cases.push(body.id);
  fact(from, who, `split off ${body.id}: ${reason}`);
  return view(who, body.id);
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
