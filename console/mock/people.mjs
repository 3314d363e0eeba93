// Made-up colleagues for working on the console.
import { look, Refused } from "./cases.mjs";

const settings = () => ({ functions: [], deputies: [], absences: [], chat: [], mail: null });
const DEPARTMENT = { it_analyst: "it", corporate_investigator: "corporate" };
const all = new Map();

function put(account, role, department = null, disabled = false, more = settings()) {
  const managed = { disabled, created: "2026-05-04T08:00:00Z", settings: more };
  const now = new Date().toISOString();
  const away = more.absences.some(([from, until]) => from <= now && now < until);
  all.set(account, { account, role, department: DEPARTMENT[role] ?? department, away, managed });
  return all.get(account);
}

put("it_analyst", "it_analyst");
put("it_analyst_2", "it_analyst");
put("corporate_investigator", "corporate_investigator");
put("approver_it", "approver", "it");
put("approver_corporate", "approver", "corporate");
put("auditor", "auditor");
put("works_council", "works_council");
put("administrator", "administrator");

const FUNCTIONS = [
  ...["it_lead", "it_analyst", "system_owner", "corporate_lead", "corporate_investigator", "hr_partner"],
  ...["legal_counsel", "data_protection_officer", "works_council", "line_manager", "communications"],
  "support_service",
];

export function list(manages) {
  const found = [...all.values()].sort((a, b) => a.account.localeCompare(b.account));
  const picked = (one) => !one.managed.disabled && !["staff", "administrator"].includes(one.role);
  if (manages) return { colleagues: found, functions: FUNCTIONS };
  return { colleagues: found.filter(picked).map((one) => ({ ...one, managed: null })), functions: [] };
}

export function change(who, account, { role, department, disabled, settings: more }) {
  for (const deputy of more.deputies)
    if (!all.has(deputy)) throw new Refused(`\`${deputy}\` is not in the roster`, "name somebody else");
  look(who, "colleague.change", { object: account, purpose: "administration" });
  return put(account, role, department, disabled, more);
}

export function link(who, account) {
  look(who, "colleague.link", { object: account, purpose: "administration" });
  return { path: `/sign-in?token=${account}`, expires: new Date(Date.now() + 8.64e7).toISOString() };
}
