// A stand-in for the API while working on the console: `node mock/server.mjs [port]`, then open /sign-in?token=it_analyst.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { calibration, departures } from "./calibration.mjs";
import * as cases from "./cases.mjs";
import * as data from "./data.mjs";
import * as disclosures from "./disclosures.mjs";
import * as hunt from "./hunt.mjs";
import { live } from "./live.mjs";
import * as own from "./own.mjs";
import * as people from "./people.mjs";
import * as risk from "./risk.mjs";

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const NOTHING = {
  sees_subjects: false,
  hunts: false,
  sees_sources: false,
  opens_cases: false,
  sees_reports: false,
  sees_ledger: false,
  verifies_ledger: false,
  manages_colleagues: false,
  approves: false,
  tries_settings: false,
  sees_proposals: false,
  offers_support: false,
  has_own_data: false,
};
const CAN = {
  it_analyst: {
    ...NOTHING,
    sees_subjects: true,
    hunts: true,
    sees_sources: true,
    opens_cases: true,
    sees_reports: true,
    tries_settings: true,
    sees_proposals: true,
  },
  corporate_investigator: {
    ...NOTHING,
    sees_subjects: true,
    opens_cases: true,
    tries_settings: true,
    sees_proposals: true,
    offers_support: true,
  },
  auditor: { ...NOTHING, sees_sources: true, sees_ledger: true, verifies_ledger: true },
  works_council: { ...NOTHING, verifies_ledger: true },
  approver_it: { ...NOTHING, approves: true },
  approver_corporate: { ...NOTHING, approves: true },
  administrator: { ...NOTHING, sees_sources: true, manages_colleagues: true, sees_proposals: true },
  staff: { ...NOTHING, has_own_data: true },
};
const dist = new URL("../dist/", import.meta.url).pathname;

class Refusal extends Error {
  constructor(status, code, message, hint) {
    super(message);
    Object.assign(this, { status, code, hint });
  }
}
const missing = (what) =>
  new Refusal(404, "not_found", `there is no such ${what}`, "go back and pick another");

function query({ sql }) {
  if (!/^\s*(select|with|show|describe|explain)/i.test(sql))
    throw new Refusal(400, "query", "only statements that read are allowed", "begin with SELECT");
  const wrong = /select\s+(nothing_\w+)/i.exec(sql);
  if (wrong)
    throw new Refusal(
      400,
      "query",
      `Schema error: No field named ${wrong[1]}`,
      "see docs/lake.md for the columns of `events`",
    );
  const rows = data.events.map((e) => [e.time, e.account, e.class, e.id, 42]);
  const columns = [
    ["time", "Timestamp"],
    ["account", "Utf8View"],
    ["class", "Utf8View"],
    ["event_id", "Utf8View"],
    ["n", "Int64"],
  ];
  return {
    columns: columns.map(([name, type]) => ({ name, type })),
    rows,
    row_count: rows.length,
    truncated: false,
    elapsed_ms: 12,
  };
}

function queue(p) {
  const wanted = (a) =>
    (p.day ? a.day === p.day : p.status || a.status !== "closed") &&
    ["level", "status", "queue"].every((k) => !p[k] || a[k] === p[k]);
  return { day: p.day ?? null, days: data.queueDays(), alerts: data.alerts.filter(wanted), budget: 2.4 };
}

function replay({ ids, source }) {
  const tried = data.rejects.filter(
    (r) => r.status === "open" && (ids ? ids.includes(r.id) : r.source === source),
  );
  const good = tried.filter((r) => r.id % 2 === 0);
  for (const reject of good) reject.status = "replayed";
  return { tried: tried.length, replayed: good.length, still_rejected: tried.length - good.length };
}

function status(id, change, role) {
  const alert = data.alerts.find((a) => a.id === id);
  if (!alert) throw missing("alert");
  Object.assign(alert, { status: change.status, verdict: change.verdict ?? null });
  alert.history = [
    ...(alert.history ?? []),
    { at: new Date().toISOString(), who: role, action: change.status, note: change.note },
  ];
  return alert;
}

function subjects(p) {
  const found = data.subjects.filter(
    (s) =>
      (!p.q || JSON.stringify(s).toLowerCase().includes(p.q.toLowerCase())) &&
      (!p.level || s.level === p.level) &&
      (!p.department || s.department === p.department),
  );
  const from = Number(p.offset ?? 0);
  return { total: found.length, subjects: found.slice(from, from + Number(p.limit ?? 50)) };
}

const WAYS = { company: "Aldermoor", password: true, passkey: true, passkey_off: null, provider: true };
const credential = (kind, name, left = null) => [
  { id: `${kind}-1`, kind, name, created: "2026-05-01T08:00:00Z", last_used: "2026-05-04T08:15:00Z", left },
];
const session = (id, way, current) => [
  { id, way, began: "2026-05-04T08:15:00Z", last_seen: "2026-05-04T08:16:00Z", current },
];

function read(path, p, role, forCase) {
  const may = CAN[role];
  const [, kind, id, part] = path.split("/");
  if (["queue", "alerts", "subjects"].includes(kind) && !may.sees_subjects)
    throw new Refusal(
      403,
      "forbidden",
      `the role ${role} may not look at subjects`,
      "ask for another role if your work needs it",
    );
  if ((kind === "hunt" || (kind === "events" && !id)) && !may.hunts)
    throw new Refusal(
      403,
      "forbidden",
      `the role ${role} may not search raw events`,
      "ask for another role if your work needs it",
    );
  if (["sources", "rejects"].includes(kind) && !may.sees_sources)
    throw new Refusal(
      403,
      "forbidden",
      `the role ${role} may not see sources`,
      "ask for another role if your work needs it",
    );
  switch (kind) {
    case "session":
      return {
        user: role,
        role: role.startsWith("approver") ? "approver" : role,
        side: null,
        expires: "2026-05-05T00:00:00Z",
        csrf: "mock",
        capabilities: may,
      };
    case "account":
      return {
        account: role,
        role,
        department: null,
        fresh_until: "2026-05-04T08:20:00Z",
        credentials: [
          ...credential("password", "Password"),
          ...credential("totp", "Authenticator app"),
          ...credential("recovery", "Recovery codes", 9),
          ...credential("passkey", "work laptop"),
        ],
        sessions: [...session("a", "code", true), ...session("b", "link", false)],
        ways: WAYS,
      };
    case "overview":
      return {
        company: "Aldermoor",
        analysed_to: data.day(0),
        subjects: data.subjects.length,
        events: 3412883,
        rejects: data.rejects.length,
        sources: data.sources.length,
        open_alerts: 14,
        indicators_by_day: data.counts(40),
        alerts_by_day: data.counts(4),
        budget_per_1000: 20,
        setup_hint: null,
      };
    case "calibration":
      if (!may.sees_reports)
        throw new Refusal(403, "forbidden", `the role ${role} may not see reports`, "ask an auditor");
      return calibration(p);
    case "what-if":
      return id === "proposals" ? risk.proposals(role) : risk.knobs();
    case "support":
      if (!may.offers_support)
        throw new Refusal(403, "forbidden", `the role ${role} may not see human-side facts`, "ask HR");
      return risk.support();
    case "board":
      return cases.board(role);
    case "playbooks":
      return { playbooks: [] };
    case "runs":
      return { runs: [] };
    case "cases":
      if (id === "search") return cases.find(role, p);
      if (part === "runs") return { runs: [] };
      return id ? cases.view(role, id) : cases.list(role, p);
    case "colleagues":
      if (!may.opens_cases && !may.approves && !may.manages_colleagues)
        throw new Refusal(
          403,
          "forbidden",
          `the role ${role} may not see colleagues`,
          "ask an administrator",
        );
      return people.list(may.manages_colleagues);
    case "own":
      if (!may.has_own_data)
        throw new Refusal(404, "no_own_data", "your account is not tied to what is kept about you", "ask");
      return own.view();
    case "contests":
      return own.list();
    case "disclosures":
      return disclosures.list(role, forCase);
    case "ledger":
      if (id === "check") return cases.check();
      if (!may.sees_ledger)
        throw new Refusal(403, "forbidden", `the role ${role} may not read the ledger`, "ask an auditor");
      return cases.ledger(p);
    case "queue":
      return queue(p);
    case "alerts":
      if (!data.alert(id)) throw missing("alert");
      cases.look(role, "subject.look", {
        ...{ subject: data.alert(id).alert.subject, case: forCase ?? null, object: `alert ${id}` },
        purpose: forCase ? "investigation" : "triage",
      });
      return data.alert(id);
    case "subjects":
      if (!id) return subjects(p);
      if (!data.subjects.some((s) => s.id === id)) throw missing("subject");
      if (part === "departures") return departures(p.at);
      return part === "timeline"
        ? data.timeline(p.to)
        : part === "hours"
          ? data.hours()
          : part === "events"
            ? { events: data.events.slice(0, 50), truncated: true, sql: "" }
            : data.story(id, p.at);
    case "events":
      if (id) return data.eventDetail(id);
      return {
        events: data.events.filter(
          (e) =>
            (!p.account || e.account === p.account) &&
            (!p.class || e.class === p.class) &&
            (!p.text || e.what.includes(p.text)),
        ),
        truncated: true,
        sql: "select * from events limit 200",
      };
    case "hunt":
      return id === "lists" ? hunt.lists() : hunt.listed(role);
    case "sources":
      return id === "live" ? live() : { sources: data.sources };
    case "rejects": {
      if (id)
        return {
          ...data.rejects.find((r) => String(r.id) === id),
          raw_text: '{"from":"a@example.net","subject":"cut he',
          raw_base64: "eyJmcm9tIjoi",
        };
      const found = data.rejects.filter(
        (r) => r.status === (p.status ?? "open") && (!p.source || r.source === p.source),
      );
      return { total: found.length, rejects: found };
    }
    case "rules":
      return id
        ? {
            ...data.rules.find((r) => r.id === id),
            description: "Files with a confidentiality label were written to a removable device.",
            falsepositives: ["approved handover"],
            yaml: "title: Labelled file to removable media\nlogsource:\n  category: file_event\ndetection:\n  sel:\n    Label: confidential\n  condition: sel\nlevel: high\n",
          }
        : { loaded: 136, errors: data.ruleErrors, rules: data.rules };
    default:
      throw missing("address");
  }
}

function tries(role, id, part, body) {
  if (!CAN[role].tries_settings)
    throw new Refusal(403, "forbidden", `the role ${role} may not try settings`, "ask a department");
  if (id !== "proposals") return risk.whatIf(body);
  const done = part ? risk.answer(role, part, body) : risk.propose(role, body);
  if (!done) throw missing("proposal to answer");
  return done;
}

function write(path, body, role) {
  const [, kind, id, part] = path.split("/");
  if (kind === "what-if") return tries(role, id, part, body);
  if (kind === "own") return own.receive(body);
  if (kind === "contests") return own.change(role, id, body);
  if (kind === "colleagues") {
    if (!CAN[role].manages_colleagues || id === role)
      throw new Refusal(403, "forbidden", "nobody changes their own account", "ask another administrator");
    return part === "link" ? people.link(role, id) : people.change(role, id, body);
  }
  if (kind === "cases" && part === "disclosures") return disclosures.ask(role, id, body);
  if (kind === "disclosures") return disclosures.change(role, id, part, body);
  if (kind === "cases" && part === "hunts") return hunt.keep(role, id, body);
  if (kind === "cases" && part === "merge") return cases.merge(role, id, body);
  if (kind === "cases" && part === "split") return cases.split(role, id, body);
  if (kind === "cases") return id ? cases.command(role, id, body) : cases.open(role, body);
  if (kind === "query") return query(body);
  if (kind === "rejects") return replay(body);
  if (kind === "alerts" && CAN[role].sees_subjects) return status(id, body, role);
  throw missing("address");
}

/** Sends the lines of a search one after another, cut in the middle as networks do. */
async function stream(response, headers, asked) {
  const lines = hunt.search(asked);
  const first = lines.next().value;
  response.writeHead(200, { ...headers, "content-type": "application/x-ndjson" });
  for (const line of [first, ...lines]) {
    const text = `${JSON.stringify(line)}\n`;
    response.write(text.slice(0, text.length / 2));
    await new Promise((done) => setTimeout(done, 20));
    response.write(text.slice(text.length / 2));
  }
  response.end();
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, "http://x");
  const headers = { "content-security-policy": POLICY, "x-content-type-options": "nosniff" };
  const say = (code, body, more = {}) => response.writeHead(code, { ...headers, ...more }).end(body);
  const json = (code, body) => say(code, JSON.stringify(body), { "content-type": "application/json" });
  if (url.pathname === "/sign-in")
    return say(303, "", {
      location: "/",
      "set-cookie": `role=${url.searchParams.get("token")}; Path=/; HttpOnly`,
    });
  if (url.pathname.startsWith("/api/v1")) {
    const role = /role=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
    const path = decodeURIComponent(url.pathname.slice(7));
    try {
      if (path === "/sign-in") return json(200, WAYS);
      if (path === "/sign-in/password")
        throw new Refusal(401, "wrong", "account, password or code is wrong", "check them and try again");
      if (!CAN[role]) throw new Refusal(401, "unauthorised", "nobody is signed in", "open a sign-in link");
      const [, kind, id, part, item] = path.split("/");
      const params = Object.fromEntries(url.searchParams);
      if (request.method === "GET" && kind === "ledger" && id === "export")
        return say(200, cases.exported(), { "content-disposition": 'attachment; filename="ledger.ndjson"' });
      if (request.method === "GET" && kind === "cases" && part === "evidence") {
        const { bytes, media_type } = cases.evidence(role, id, item);
        return say(200, bytes, { "content-type": media_type });
      }
      if (request.method === "GET")
        return json(200, read(path, params, role, request.headers["x-tandem-case"]));
      if (request.headers["x-tandem-csrf"] !== "mock")
        throw new Refusal(403, "csrf", "this write did not come from the console", "reload the page");
      if (request.method === "DELETE" && kind === "hunt") {
        hunt.write(role, "DELETE", [id, part, item]);
        return say(204);
      }
      if (request.method === "DELETE")
        return say(204, undefined, { "set-cookie": "role=; Path=/; Max-Age=0" });
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (kind === "cases" && part === "evidence")
        return json(200, cases.addEvidence(role, id, params, request.headers["content-type"], bytes));
      if (kind === "cases" && part === "export")
        return say(200, "PK not really", { "content-type": "application/zip" });
      const text = bytes.toString();
      if (kind === "hunt" && !CAN[role].hunts)
        throw new Refusal(
          403,
          "forbidden",
          `the role ${role} may not search raw events`,
          "ask for another role",
        );
      if (kind === "hunt" && id === "search") return await stream(response, headers, JSON.parse(text));
      if (kind === "hunt" && id === "export") {
        const { body, hash } = hunt.exported(
          JSON.parse(text),
          params.format,
          request.headers["x-tandem-case"],
        );
        return say(200, body, { "x-tandem-result-hash": hash });
      }
      if (kind === "hunt")
        return json(200, hunt.write(role, request.method, [id, part, item], JSON.parse(text)));
      return json(200, write(path, JSON.parse(text), role));
    } catch (error) {
      return json(error.status ?? 500, {
        error: { code: error.code ?? "internal", message: error.message, hint: error.hint ?? "try again" },
      });
    }
  }
  const file = extname(url.pathname) ? normalize(url.pathname) : "/index.html";
  const bytes = await readFile(join(dist, file)).catch(() => null);
  return bytes
    ? say(200, bytes, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
    : say(404, "not found");
});

server.listen(Number(process.argv[2] ?? 7879), "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}/sign-in?token=it_analyst`),
);
