// Made-up disclosures for working on the console: two yeses grant one, a look goes into the made-up ledger.
import { look, Refused, view } from "./cases.mjs";

const all = [];
const iso = (millis) => new Date(millis).toISOString();
const HOUR = 3.6e6;
const department = (role) => (role === "approver_it" ? "it" : "corporate");
const shown = (role, one) => ({
  ...one,
  may_answer:
    role.startsWith("approver") && one.status === "waiting" && one.approvals.every((a) => a.account !== role),
});

export function ask(role, number, { subject, fields, purpose, reason, hours }) {
  view(role, number);
  const at = Date.now();
  const one = {
    id: `D-${String(all.length + 1).padStart(6, "0")}`,
    ...{ case: number, subject, fields, purpose, reason, requested_by: role, at: iso(at) },
    ...{ expires: iso(at + hours * HOUR), lapses: iso(at + 72 * HOUR) },
    ...{ status: "waiting", approvals: [], denied: null },
  };
  all.push(one);
  look(role, "disclosure.request", { case: number, subject, purpose, object: one.id });
  return shown(role, one);
}

export function list(role, number) {
  const sees = (one) => (role.startsWith("approver") ? one.status === "waiting" : one.case === number);
  return { disclosures: all.filter(sees).map((one) => shown(role, one)) };
}

export function change(role, id, what, body) {
  const one = all.find((known) => known.id === id);
  if (!one) throw new Refused("there is no such disclosure", "check the address", 404);
  const about = { case: one.case, subject: one.subject, purpose: one.purpose, object: id };
  if (what === "answer") {
    const answer = { account: role, department: department(role), at: iso(Date.now()), reason: body.reason };
    if (!role.startsWith("approver")) throw new Refused(`${role} is no approver`, "ask an approver", 403);
    if (body.approve) one.approvals.push(answer);
    else Object.assign(one, { denied: answer, status: "denied" });
    if (one.approvals.length === 2) one.status = "granted";
    look(role, body.approve ? "disclosure.approve" : "disclosure.deny", about);
  }
  if (what === "end") {
    one.status = "ended";
    look(role, "disclosure.end", about);
  }
  if (what === "identity") {
    if (one.status !== "granted") throw new Refused("this disclosure is not granted", "wait for it", 403);
    look(role, "vault.open", about);
    const has = (field, value) => (one.fields.includes(field) ? value : null);
    return {
      subject: one.subject,
      until: Date.parse(one.expires) * 1000,
      name: has("name", "Anna Berg"),
      contact: has("contact", { mail: ["anna.berg@aldermoor.example"], phone: null }),
      accounts: has("accounts", ["anna.berg"]),
      person_key: has("accounts", "E1001"),
      position: has("position", "engineer, Research"),
      manager: has("manager", "E1000"),
      site: has("site", "Aldermoor"),
    };
  }
  return shown(role, one);
}
