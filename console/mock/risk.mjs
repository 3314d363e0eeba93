// What-if with its proposals, and whom to help first.
import { alerts, day, subjects } from "./data.mjs";

const knob = (key, value, [least, most, step], unit, words) => ({
  ...{ key, value, start: value, least, most, step, unit, words },
});
const KNOBS = [
  knob("queue.per_1000", 8, [0, 1000, 0.5], "alerts", "Alerts per day and 1,000 people"),
  knob("queue.slow_burn_share", 0.2, [0, 1, 0.05], "share", "Share of them kept for slow accumulation"),
  knob("queue.cool_down_days", 14, [0, 365, 1], "days", "Days a person stays out after an alert"),
  knob("queue.escalate_by", 6, [0, 60, 1], "dB", "A rise that ends this pause early"),
  knob("queue.wait_days", 7, [0, 60, 1], "days", "Days for which a place is owed after a busy day"),
  knob("model.levels.high", 12, [0, 40, 1], "dB", "Weight of a rule of level high"),
  knob("model.levels.critical", 20, [0, 40, 1], "dB", "Weight of a rule of level critical"),
  knob("model.groups.behaviour.factor", 1, [0, 3, 0.1], "times", "Weight of unusual behaviour"),
  knob("model.groups.behaviour.cap", 25, [0, 60, 1], "dB", "Most that behaviour may add"),
  knob(
    "model.groups.mitigation.half_life_days",
    60,
    [1, 365, 1],
    "days",
    "Days until an explanation counts half",
  ),
  knob("model.bands.review", -10, [-30, 30, 1], "dB", "Review begins at"),
];
const DAYS = 90;

/** The settings that can be tried. */
export const knobs = () => ({ knobs: KNOBS, days: DAYS, to: day(0) });

const valueNow = (key) => KNOBS.find((known) => known.key === key)?.value ?? 1;
const changed = (changes) =>
  changes
    .map(({ key, value }) => ({ key, before: valueNow(key), after: value }))
    .filter(({ before, after }) => before !== after);

/** How many of two alerts a day stay, and how many others come: the budget takes away, other weights exchange. */
function effect(changes) {
  const budget = changes.find(({ key }) => key === "queue.per_1000");
  const stay = budget ? Math.min(1, budget.after / budget.before) : 1;
  const exchanged = changes.some(({ key }) => key.startsWith("model.")) ? 0.5 : 0;
  return { stay: stay * (1 - exchanged), come: stay * exchanged };
}

/** What would have been in the queue beside what was. */
export function whatIf({ changes, days: asked = DAYS }) {
  const settings = changed(changes);
  const { stay, come } = effect(settings);
  const days = Array.from({ length: asked }, (_, n) => {
    const before = n % 3;
    const both = Math.floor(before * stay + 1e-9);
    return { day: day(asked - 1 - n), before, both, after: both + Math.floor(before * come + 1e-9) };
  });
  const sum = (name) => days.reduce((all, one) => all + one[name], 0);
  const some = (count, moved) =>
    Array.from({ length: count }, (_, n) => {
      const { title, level, score, queue } = alerts[n % alerts.length];
      const subject = subjects[n % subjects.length].id;
      return { subject, day: day(n % asked), score, level, queue, title, moved: moved && n % 4 === 0 };
    });
  const budget = settings.find(({ key }) => key === "queue.per_1000")?.after ?? 8;
  const [before, after, both] = ["before", "after", "both"].map(sum);
  return {
    ...{ from: day(asked - 1), to: day(0), changes: settings, days },
    ...{ budget_before: 2.4, budget_after: (2.4 * budget) / 8 },
    ...{ alerts_before: before, alerts_after: after, both },
    ...{ entering: some(after - both, true), leaving: some(before - both, false), truncated: false },
    ...{ unlike_kept: 0, exact_start: true },
  };
}

const DEPARTMENTS = { it_analyst: "it", corporate_investigator: "corporate" };
const made = [];
const shown = (role, one) => ({
  ...one,
  may_answer:
    one.status === "waiting" && DEPARTMENTS[role] !== undefined && DEPARTMENTS[role] !== one.department,
});

/** Proposals, newest first. */
export const proposals = (role) => ({ proposals: made.map((one) => shown(role, one)) });

/** Makes a proposal. */
export function propose(role, { changes, reason }) {
  const { from, to, alerts_before: before, alerts_after: after, both } = whatIf({ changes });
  const one = {
    ...{ id: `P-${String(made.length + 1).padStart(6, "0")}`, status: "waiting" },
    ...{ by: role, department: DEPARTMENTS[role], at: new Date().toISOString(), reason },
    ...{ changes: changed(changes), outcome: { from, to, before, after, both } },
    ...{ answered_by: null, answered: null, answer: null, lines: null, in_force: false, outdated: false },
  };
  made.unshift(one);
  return shown(role, one);
}

/** Answers one, as somebody of the other department; nothing if there is none to answer. */
export function answer(role, id, { approve, reason }) {
  const one = made.find((known) => known.id === id);
  if (!one || !shown(role, one).may_answer) return null;
  const lines = one.changes.map(({ key, after }) => {
    const at = key.lastIndexOf(".");
    return `[${key.slice(0, at)}]\n${key.slice(at + 1)} = ${after}`;
  });
  Object.assign(one, {
    ...{ status: approve ? "approved" : "refused", answered_by: role, answer: reason },
    ...{ answered: new Date().toISOString(), lines: approve ? lines.join("\n\n") : null },
  });
  return shown(role, one);
}

const CONCERNS = [
  ["A promotion was denied", "Talk with the manager about what comes next"],
  ["In a performance plan", "Offer coaching, and agree on what is expected"],
  ["A conflict with colleagues was confirmed", "Offer mediation"],
];

/** Whom to help first. */
export const support = () => ({
  day: day(0),
  entries: subjects.slice(3, 8).map(({ id, department, role }, n) => {
    const [concern, help] = CONCERNS[n % CONCERNS.length];
    return {
      ...{ subject: id, department, role, since: day(2 + 5 * n), concerns: [concern] },
      ...{ given: n === 1 ? ["Coaching was offered"] : [], suggests: [help] },
      leaving_on: n === 2 ? day(-20) : null,
    };
  }),
  truncated: false,
});
