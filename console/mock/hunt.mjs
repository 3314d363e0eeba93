// Made-up hunting for working on the console without a server: enough of the language to click through, not the language.
import { createHash, randomBytes } from "node:crypto";
import * as cases from "./cases.mjs";
import * as data from "./data.mjs";

const id = () => randomBytes(8).toString("hex");
const saved = new Map();

class Refused extends Error {
  constructor(message, hint, status = 400) {
    super(message);
    Object.assign(this, { status, code: "query", hint });
  }
}

const COLUMNS = ["source", "class", "account", "device", "object"];
const enriched = (event, n) => ({
  ...event,
  ...(n % 4 === 1 && {
    enrichment: {
      subject: data.subjects[n % data.subjects.length].id,
      ...(n % 8 === 1 && { asset: { name: "fs1", criticality: "crown_jewel", owner: "Sales" } }),
      ...(n % 8 === 5 && { geo: { ip: "192.0.2.7", country: "DE", city: "Hamburg" } }),
      threats: n % 12 === 1 ? [{ list: "webmail", value: "files.example.net", note: null, until: null }] : [],
    },
  }),
});

/** Words, quoted texts and brackets with where they begin. */
const words = (query) => [...query.matchAll(/[^\s():"]+:(?:"[^"]*"|[^\s()"]+)|"[^"]*"|[()]|[^\s()"]+|"/g)];
const plain = (text) => text.replace(/^"(.*)"$/s, "$1").replace(/\\([\\*?])/g, "$1");
const pattern = (text) => {
  const body = text
    .replace(/^"(.*)"$/s, "$1")
    .replace(/\\[\\*?]|[.*+?^${}()|[\]\\]/g, (sign) =>
      sign === "*" ? ".*" : sign === "?" ? "." : sign.length > 1 ? sign : `\\${sign}`,
    );
  return new RegExp(`^${body}$`, "is");
};

function test(query) {
  const found = words(query);
  let at = 0;
  const fail = (what, index, hint) => {
    throw new Refused(`${what} (line 1, column ${index + 1})`, hint);
  };
  const next = () => found[at]?.[0].toLowerCase();
  const one = () => {
    const token = found[at];
    if (!token) return fail("a word or `field:value` is expected, not the end", query.length, "write one");
    at += 1;
    const text = token[0];
    if (text.toLowerCase() === "not") {
      const inner = one();
      return (event) => !inner(event);
    }
    if (text === "(") {
      const inner = either();
      if (next() !== ")") fail("this bracket is not closed", token.index, "write `)` behind its last term");
      at += 1;
      return inner;
    }
    if (text === '"') fail("these quotes are not closed", token.index, 'write `"` behind the value');
    const [, field, value] = /^([^\s():"]+?):(.*)$/s.exec(text) ?? [];
    if (field) return (event) => pattern(value).test(String(event[field] ?? ""));
    return (event) => JSON.stringify(event).toLowerCase().includes(plain(text).toLowerCase());
  };
  const both = () => {
    const parts = [one()];
    while (at < found.length && next() !== ")" && next() !== "or") {
      if (next() === "and") at += 1;
      parts.push(one());
    }
    return (event) => parts.every((part) => part(event));
  };
  const either = () => {
    const parts = [both()];
    while (next() === "or") {
      at += 1;
      parts.push(both());
    }
    return (event) => parts.some((part) => part(event));
  };
  const all = either();
  if (at < found.length) fail(`a \`${found[at][0]}\` that nothing opened`, found[at].index, "take it away");
  return all;
}

const bound = (text, end) =>
  text?.length === 10 ? `${text}T${end ? "23:59:59.999999" : "00:00:00"}Z` : (text ?? "");

function matching({ query, from, to, fields }) {
  const wanted = query ? test(query) : () => true;
  const [first, last] = [bound(from, false), bound(to, true)];
  const shown = (e) => Object.fromEntries((fields ?? []).filter((f) => e[f]).map((f) => [f, e[f]]));
  return data.events
    .map((e, n) => ({ ...enriched(e, n), ...(fields && { fields: shown(e) }) }))
    .filter((e) => wanted(e) && e.time >= first && (last === "" || e.time <= last))
    .sort((a, b) => b.time.localeCompare(a.time));
}

const hash = (events) =>
  createHash("sha256")
    .update(events.map((e) => e.id).join("\n"))
    .digest("hex");

/** The lines of a search. */
export function* search(asked) {
  const events = matching(asked);
  const days = [...new Set(events.map((e) => e.time.slice(0, 10)))];
  const most = asked.limit ?? 500;
  yield { kind: "plan", days: days.length, sql: "select * from events limit 500", hash_of: "event ids" };
  let shown = 0;
  for (const [n, day] of days.entries()) {
    const found = events.filter((e) => e.time.startsWith(day));
    const hours = Array.from(
      { length: 24 },
      (_, hour) => found.filter((e) => Number(e.time.slice(11, 13)) === hour).length,
    );
    yield { kind: "day", day, hits: found.length, hours };
    const some = found.slice(0, most - shown);
    shown += some.length;
    if (some.length > 0) yield { kind: "events", events: some };
    yield { kind: "progress", done: n + 1, of: days.length };
  }
  const end = { hits: events.length, shown, truncated: shown < events.length, elapsed_ms: 12 };
  yield { kind: "end", ...end, result_hash: hash(events.slice(0, most)) };
}

function fields(asked) {
  const events = matching(asked);
  const names = asked.names ?? COLUMNS;
  return {
    fields: names.map((name) => {
      const counts = new Map();
      for (const e of events) if (e[name]) counts.set(e[name], (counts.get(e[name]) ?? 0) + 1);
      const top = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
      const present = top.reduce((sum, { count }) => sum + count, 0);
      return { name, present, distinct: top.length, top: top.slice(0, 10) };
    }),
  };
}

export function exported(asked, format, forCase) {
  if (!forCase) throw new Refused("no policy lets you export raw events", "say for which case", 403);
  const events = matching(asked);
  const body =
    format === "csv"
      ? ["time,what", ...events.map((e) => `${e.time},"${e.what}"`)].join("\r\n")
      : events.map((e) => `${JSON.stringify(e)}\n`).join("");
  return { body, hash: hash(events) };
}

function rule(search, { title, level, threshold }) {
  if (/\baccount:/.test(search.query))
    throw new Refused("a rule speaks of acts, whoever does them", "leave the account out", 422);
  search.rule = `rule-${search.id}`;
  const count = threshold
    ? `---\ncorrelation:\n    type: event_count\n    condition:\n        gte: ${threshold}\n`
    : "";
  const yaml = `title: ${title}\nlogsource: {}\ndetection:\n    selection: ${JSON.stringify(search.query)}\n    condition: selection\nlevel: ${level}\n${count}`;
  return { notes: [], yaml, path: `/var/lib/tandem/rules/${search.id}.yml` };
}

export const lists = () => ({
  lists: [
    {
      name: "webmail",
      kind: "domain",
      entries: 120,
      expired_entries: 0,
      expires: "2027-01-01",
      state: "loaded",
    },
    {
      ...{ name: "old exits", kind: "ip", entries: 0, expired_entries: 44, expires: "2026-01-01" },
      ...{ state: "expired", problem: "it ended on 2026-01-01; renew it or take it out" },
    },
  ],
  assets: { state: "loaded", entries: 12 },
  geoip: null,
});

export const listed = (who) => ({
  saved: [...saved.values()].filter((one) => one.owner === who || one.shared),
});

/** What is written below `/hunt`; nothing comes back where something was deleted. */
export function write(who, method, [what, key, part], body) {
  if (what === "fields") return fields(body);
  if (what !== "saved") throw new Refused("there is no such address", "check it", 404);
  if (!key) {
    const made = { id: id(), shared: false, owner: who, created: new Date().toISOString(), ...body };
    saved.set(made.id, made);
    return made;
  }
  const found = saved.get(key);
  if (!found) throw new Refused("there is no such saved search", "look at the list", 404);
  if (part === "rule" && method === "POST") return rule(found, body);
  if (part === "rule") found.rule = null;
  else if (method === "DELETE") saved.delete(key);
  else Object.assign(found, body);
  return method === "DELETE" ? undefined : found;
}

/** Keeps what is found in a case. */
export function keep(who, number, { why, ...asked }) {
  const events = matching(asked).slice(0, asked.limit ?? 500);
  const bytes = Buffer.from(events.map((e) => `${JSON.stringify(e)}\n`).join(""));
  const name = `hunt ${asked.query ?? "everything"}, ${events.length} events.ndjson`;
  return cases.addEvidence(who, number, { name, source: why }, "application/x-ndjson", bytes);
}
