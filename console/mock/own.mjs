// Made-up own data and contests for working on the console.
import { randomBytes } from "node:crypto";
import { look, Refused } from "./cases.mjs";

const SUBJECT = "S-7K3M2Q9D";
const contests = [];

export const view = () => ({
  facts: [
    { name: "name", value: "Anna Berg" },
    { name: "department", value: "Research" },
    { name: "accounts", value: "anna.berg" },
  ],
  sources: [
    {
      source: "windows",
      months: ["2026-03", "2026-04", "2026-05"].map((month, n) => ({ month, count: 900 + 80 * n })),
    },
    { source: "doors", months: [{ month: "2026-05", count: 44 }] },
  ],
  why: [
    "To notice early when data, systems or people of the organisation come to harm from inside, and to help before it gets worse.",
    "Everybody who works on it sees a pseudonym.",
  ],
  kept: [
    { what: "records of what was done with your accounts", days: 400 },
    { what: "facts from people files", days: null },
  ],
  looks: [
    { month: "2026-05", purpose: "triage", looks: 2, names: 0 },
    { month: "2026-04", purpose: "investigation", looks: 5, names: 1 },
  ],
  delay: {
    sentence: "Looks can be told late: while a case is open, what was looked at for it is left out here.",
    rule: "GDPR articles 14(5)(b) and 23(1), as far as the law of your country uses them",
  },
  indicators: [
    {
      id: "0123456789abcdef0123456789abcdef",
      time: "2026-05-04T23:10:00Z",
      side: "technical",
      title: "An event log was cleared",
      explanation: "A log was cleared at night.\nNobody else in the department does this.",
      lowers: false,
    },
  ],
  contests: contests.map((one) => ({ ...one, subject: null })).reverse(),
  rights: ["You can have a wrong fact corrected and contest what was noticed."],
});

export const list = () => ({ contests: [...contests].reverse() });

export function receive({ want, indicator = null, fact = null, text }) {
  const one = {
    ...{ id: randomBytes(16).toString("hex"), subject: SUBJECT, want, indicator, fact, text },
    ...{ received: new Date().toISOString(), due: new Date(Date.now() + 30 * 8.64e7).toISOString() },
    ...{ extended: false, overdue: false, state: "received", answer: null },
  };
  contests.push(one);
  look(SUBJECT, "contest.receive", { subject: SUBJECT, purpose: "own_data", object: one.id });
  return { ...one, subject: null };
}

export function change(who, id, command) {
  const one = contests.find((known) => known.id === id);
  if (!one) throw new Refused("there is no such contest", "check the address", 404);
  if (command === "acknowledge") one.state = "acknowledged";
  if (command.extend) one.extended = true;
  if (command.answer) Object.assign(one, { state: "answered", answer: command.answer });
  look(who, "contest.answer", { subject: SUBJECT, purpose: "own_data", object: id });
  return one;
}
