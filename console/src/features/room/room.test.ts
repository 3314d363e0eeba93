import { describe, expect, it } from "vitest";
import type { Case, ClockReading, Member, Proposal, TimelineItem } from "../../api/cases";
import { clocks, dueWords } from "./clocks";
import { decision, duty, life, link, micros, note, people, task } from "./commands";
import { chosen, counts, pieces } from "./history";
import { canProposeClosing, canVote, needs, rights, steps, voters } from "./rights";

const MINUTE = 60_000_000;
const member = (department: Member["department"], role: Member["role"]): Member => ({
  department,
  role,
  since: 0,
});
const marks = { opened: 0, by: null, shared: null, contained: null, decided: null, closed: null, pauses: [] };

function make(over: Partial<Case> = {}): Case {
  return {
    id: "C-2026-0001",
    title: "Copies to a stick",
    kind: "data_leakage",
    severity: "high",
    state: "investigating",
    outcome: null,
    merged_into: null,
    split_from: null,
    phase: "analyse",
    marks,
    subjects: ["S-1"],
    alerts: {},
    assets: [],
    cases: [],
    members: { ana: member("it", "lead"), ben: member("corporate", "contributor") },
    watchers: [],
    duties: {},
    tasks: {},
    meetings: {},
    notes: {},
    evidence: {},
    proposals: {},
    decided: null,
    ...over,
  };
}

function proposal(over: Partial<Proposal> = {}): Proposal {
  return {
    id: "p",
    wording: { question: { close: { outcome: "unfounded" } }, reason: "nothing happened" },
    hash: "aa",
    by: "ana",
    at: 0,
    expires: 1,
    standing: "open",
    votes: {},
    recused: [],
    decider: null,
    ruling: null,
    lapsed: false,
    ...over,
  };
}

describe("the clocks of a case", () => {
  it("run until their mark, and then say how long it took", () => {
    const shown = clocks({ ...marks, shared: 25 * MINUTE }, 125 * MINUTE);
    expect(shown.map((r) => `${r.name} ${r.words}`)).toEqual([
      "opened 2 h 5 min ago",
      "shared after 25 min",
      "contained not yet, 2 h 5 min so far",
      "decided not yet, 2 h 5 min so far",
    ]);
    expect(shown.map((r) => r.running)).toEqual([false, false, true, true]);
  });

  it("stand still once the case is closed, and while they are paused", () => {
    const closed = clocks({ ...marks, closed: 60 * MINUTE }, 90 * MINUTE);
    expect(closed.map((r) => r.words)).toEqual(["1 h 30 min ago", "never", "never", "never", "after 1 h"]);
    const pauses = [{ from: 0, until: null, why: "authority" }];
    const paused = clocks({ ...marks, pauses }, 90 * MINUTE);
    expect(paused.map((r) => r.words).slice(2)).toEqual(["not yet, 1 h 30 min so far", "not yet, paused"]);
  });

  it("stand against what they may take", () => {
    const share = {
      clock: "share" as const,
      stopped: null,
      due: "1970-01-01T02:00:00Z",
      target_seconds: 7_200,
      elapsed_seconds: 3_600,
      paused: false,
      overdue: false,
    };
    const targets = (over: Partial<typeof marks>, read: Partial<ClockReading>, now: number) =>
      clocks({ ...marks, ...over }, now, [{ ...share, ...read }])[1];
    expect(targets({}, {}, 60 * MINUTE)?.target).toBe("due in 1 h");
    expect(targets({}, { overdue: true }, 180 * MINUTE)).toMatchObject({
      target: "due 1 h late",
      late: true,
    });
    const shared = { ...marks, shared: 60 * MINUTE };
    expect(clocks(shared, 0, [share])[1]?.target).toBe("in time: target 2 h");
    expect(clocks(shared, 0, [{ ...share, overdue: true }])[1]?.target).toBe("late: target 2 h");
    expect(clocks(marks, 0)[1]?.target).toBeNull();
  });

  it("say what is late", () => {
    expect(dueWords(0, 5 * MINUTE)).toBe("5 min late");
    expect(dueWords(3 * 24 * 60 * MINUTE, 0)).toBe("in 3 days");
  });
});

describe("commands", () => {
  it("are what casework reads", () => {
    expect(life.closeBenign("allowed")).toEqual({ life: { close_benign: { reason: "allowed" } } });
    expect(life.enterPhase("contain", "now")).toEqual({
      life: { enter_phase: { phase: "contain", reason: "now" } },
    });
    expect(people.add(" ben ", "contributor", "HR")).toEqual({
      people: { add: { account: "ben", role: "contributor", reason: "HR" } },
    });
    expect(duty.handOver("analyse/it_lead", "ana", "away")).toEqual({
      duty: { hand_over: { duty: "analyse/it_lead", to: "ana", reason: "away" } },
    });
    expect(decision.vote("p", "aa", "for", "seen")).toEqual({
      decision: { vote: { proposal: "p", hash: "aa", answer: "for", reason: "seen" } },
    });
    expect(decision.close("unfounded", "no")).toEqual({
      decision: { propose: { wording: { question: { close: { outcome: "unfounded" } }, reason: "no" } } },
    });
  });

  it("watch, link, and stay out", () => {
    expect([people.watch(), people.unwatch()]).toEqual([{ people: "watch" }, { people: "unwatch" }]);
    expect(link.add({ asset: "server 3" }, "it lay there")).toEqual({
      link: { link: { link: { asset: "server 3" }, reason: "it lay there" } },
    });
    expect(link.remove({ case: "C-2026-0002" }, "no")).toEqual({
      link: { unlink: { link: { case: "C-2026-0002" }, reason: "no" } },
    });
    expect(decision.recuse("p", "I know them")).toEqual({
      decision: { recuse: { proposal: "p", reason: "I know them" } },
    });
    expect(task.assign("t", "", undefined, "free")).toEqual({
      task: { assign: { task: "t", reason: "free" } },
    });
  });

  it("leave out what nobody filled in", () => {
    expect(note.write("both", "text")).toEqual({ note: { write: { visibility: "both", text: "text" } } });
    expect(task.add("ask", "", "")).toEqual({ task: { add: { title: "ask" } } });
    const asked = { act: "coach", subject: "S-1", until: "", withoutSupport: " ", heard: "" };
    expect(decision.respond(asked, "kindly")).toEqual({
      decision: {
        propose: { wording: { question: { respond: { act: "coach", subject: "S-1" } }, reason: "kindly" } },
      },
    });
  });

  it("count time in microseconds and read it as UTC", () => {
    expect(micros("1970-01-01T00:01")).toBe(MINUTE);
    expect(micros("soon")).toBeUndefined();
    expect(task.add("ask", "ana", "1970-01-01T00:01")).toEqual({
      task: { add: { title: "ask", assignee: "ana", due: MINUTE } },
    });
  });
});

describe("what is offered", () => {
  it("depends on the member's role and on whether work goes on", () => {
    expect(rights(make(), "ana")).toMatchObject({ manages: true, works: true, department: "it" });
    expect(rights(make(), "ben")).toMatchObject({ manages: false, works: true });
    expect(rights(make(), "eve")).toMatchObject({ manages: false, works: false, writes: false });
    expect(rights(make({ members: { ana: member(null, "counsel") } }), "ana")).toMatchObject({
      writes: true,
      works: false,
    });
    expect(rights(make({ state: "closed" }), "ana")).toMatchObject({ manages: true, works: false });
  });

  it("lets whoever has accepted to answer for the phase manage the case", () => {
    const one = {
      ...{ id: "analyse/corporate_lead", letter: "accountable" as const, holder: "ben", state: "offered" },
      ...{ deputy_of: null, escalated: false, within: "1d", due: null, result: null, past: [] },
    };
    expect(rights(make({ duties: { [one.id]: one } }), "ben").manages).toBe(false);
    const accepted = { ...one, state: "accepted" };
    expect(rights(make({ duties: { [one.id]: accepted } }), "ben").manages).toBe(true);
    expect(rights(make({ phase: "learn", duties: { [one.id]: accepted } }), "ben").manages).toBe(false);
  });

  it("follows the state of the case", () => {
    expect(steps(make({ state: "open" }))).toEqual(["investigate", "closeBenign", "enterPhase"]);
    expect(steps(make())).toEqual(["contain", "closeBenign", "enterPhase"]);
    expect(steps(make({ proposals: { p: proposal() } }))).toEqual(["contain", "enterPhase"]);
    expect(steps(make({ state: "decided" }))).toEqual(["close", "enterPhase"]);
    expect(steps(make({ state: "closed" }))).toEqual(["reopen"]);
    expect(steps(make({ merged_into: "C-2026-0002" }))).toEqual([]);
  });

  it("asks for one end at a time, and only while it is looked into", () => {
    expect(canProposeClosing(make())).toBe(true);
    expect(canProposeClosing(make({ state: "open" }))).toBe(false);
    expect(canProposeClosing(make({ proposals: { p: proposal() } }))).toBe(false);
    expect(canProposeClosing(make({ proposals: { p: proposal({ standing: "rejected" }) } }))).toBe(true);
  });

  it("lets each department vote once, also while the votes are sealed", () => {
    const of = make();
    const [ana, ben] = [rights(of, "ana"), rights(of, "ben")];
    const sealed = proposal({ votes: [], voted: ["ana"] });
    expect(voters(sealed)).toEqual(["ana"]);
    expect(canVote(of, sealed, "ana", ana)).toBe(false);
    expect(canVote(of, sealed, "ben", ben)).toBe(true);
    expect(canVote(of, proposal({ recused: ["ben"] }), "ben", ben)).toBe(false);
    expect(canVote(of, proposal({ standing: "agreed" }), "ben", ben)).toBe(false);
  });

  it("puts help before what is taken away, and hearing before judging", () => {
    expect(needs(make(), "coach", "S-1")).toMatchObject({ withoutSupport: false, end: false, heard: false });
    expect(needs(make(), "limit_rights", "S-1")).toMatchObject({ withoutSupport: true, end: true });
    expect(needs(make(), "dismissal", "S-1")).toMatchObject({ heard: true });
    const helped = proposal({
      standing: "agreed",
      wording: { question: { respond: { act: "offer_support", subject: "S-1" } }, reason: "help" },
    });
    expect(needs(make({ proposals: { p: helped } }), "interview", "S-1").withoutSupport).toBe(false);
    expect(needs(make({ proposals: { p: helped } }), "interview", "S-2").withoutSupport).toBe(true);
  });
});

describe("the timeline", () => {
  const item = (origin: TimelineItem["origin"], at: string): TimelineItem => ({
    ...{ at, origin, who: null, sentence: "x", reference: { fact: 1 }, visibility: "both" },
  });
  const items = [item("technical", "1"), item("case", "2"), item("human", "3"), item("case", "4")];

  it("shows the newest first, and one origin if asked", () => {
    expect(chosen(items, undefined).map((i) => i.at)).toEqual(["4", "3", "2", "1"]);
    expect(chosen(items, "case").map((i) => i.at)).toEqual(["4", "2"]);
    expect(counts(items)).toEqual({ technical: 1, case: 2, human: 1 });
  });

  it("finds what a sentence names, and nothing inside other words", () => {
    const alert = "0".repeat(31);
    const of = {
      subjects: ["S-1"],
      cases: ["C-2026-0009"],
      alerts: { [`${alert}a`]: { id: "", subject: "S-1", raised: 0, detectors: [] } },
    };
    expect(pieces(`linked alert ${alert}a about S-1: as in C-2026-0009.`, of)).toEqual([
      { text: "linked alert " },
      { text: "00000000", alert: `${alert}a` },
      { text: " about " },
      { text: "S-1", subject: "S-1" },
      { text: ": as in " },
      { text: "C-2026-0009", case: "C-2026-0009" },
      { text: "." },
    ]);
    expect(pieces("S-12 is somebody else", of)).toEqual([{ text: "S-12 is somebody else" }]);
  });
});
