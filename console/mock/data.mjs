// Made-up answers in the API's shapes, for working on the console without a server. Never shipped.
let seed = 7;
const random = () => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed / 2147483648;
};
const hex = (n, length = 32) => n.toString(16).padStart(length, "0");
const iso = (day, hour = 10) =>
  `${day}T${String(hour).padStart(2, "0")}:${String(Math.floor(random() * 60)).padStart(2, "0")}:07.5Z`;
const LAST = Date.parse("2026-05-04");
export const day = (back) => new Date(LAST - back * 86400000).toISOString().slice(0, 10);

const SOURCES = [
  "windows-security",
  "sysmon",
  "proxy",
  "mail",
  "file-server",
  "badge",
  "vpn",
  "saas",
  "dlp-usb",
  "erp",
];
const DEPARTMENTS = ["Sales", "Engineering", "Finance", "IT operations", "Legal", "Purchasing"];
const names = Array.from(
  { length: 120 },
  (_, n) =>
    `S-${((n * 7919 + 104729) % 1048576).toString(32).toUpperCase().padStart(4, "0")}${"QX7M2K9D"[n % 8]}${n}`,
);

const level = (score) => (score >= 0 ? "act" : score >= -10 ? "review" : score >= -20 ? "watch" : "low");

export const subjects = names.map((id, n) => {
  const score = n === 0 ? 8.4 : n < 4 ? -4 - n : n < 14 ? -9 - n : -30 + random() * 3;
  return {
    id,
    kind: n % 17 === 5 ? "contractor" : n % 31 === 7 ? "service_account" : "employee",
    role: ["account manager", "developer", "controller", "system administrator", "counsel", "buyer"][n % 6],
    department: DEPARTMENTS[n % 6],
    site: ["Hamburg", "Leeds"][n % 2],
    tenure_days: n % 9 === 3 ? 21 : 400 + n * 31,
    peers: 18 + (n % 6),
    level: level(score),
    score,
    impact: n < 2 ? 3 : n % 4,
    settling_in: n % 9 === 3,
    absent: n === 12,
    leaving_on: n === 0 ? "2026-05-29" : null,
    spark: Array.from({ length: 30 }, (_, at) =>
      at < 18 ? -29 + random() : -29 + ((score + 29) * (at - 17)) / 12,
    ),
    open_alerts: n < 8 ? 1 : 0,
  };
});

const event = (n, over = {}) => ({
  id: hex(n + 0xabc000),
  time: iso(day(n % 12), 8 + (n % 12)),
  source: SOURCES[n % SOURCES.length],
  class: ["authentication", "file_activity", "email_activity", "http_activity", "peripheral_activity"][n % 5],
  activity: 1,
  account: `u${1000 + (n % 40)}`,
  device: `WS-${200 + (n % 30)}`,
  what: [
    `u${1000 + (n % 40)} signed in to WS-${200 + (n % 30)}`,
    `u${1000 + (n % 40)} copied customers-north-${n}.xlsx to removable media`,
    `u${1000 + (n % 40)} sent a mail of 8.2 MB to a webmail address`,
    `u${1000 + (n % 40)} uploaded 44 MB to files.example.net`,
    `u${1000 + (n % 40)} plugged in a USB stick`,
  ][n % 5],
  object: n % 5 === 1 ? `\\\\fs1\\sales\\customers-north-${n}.xlsx` : null,
  ...over,
});
export const events = Array.from({ length: 160 }, (_, n) => event(n));

const indicator = (n, over) => ({
  id: hex(n + 0x1000),
  time: iso(day(n), 19),
  known: iso(day(n), 23),
  group: "behaviour",
  side: "technical",
  detector: "behaviour",
  title: "Copied far more files to removable media than usual",
  explanation:
    "412 files copied to removable media on one day. Usual for this subject: 0 to 3. Of 22 peers, none came near it in 90 days.",
  weight: 14.2,
  half_life_days: 14,
  until: null,
  threats: ["leakage"],
  motive: null,
  stage: "infringement",
  object: "removable media",
  techniques: ["T1052.001"],
  event_count: 412,
  events: events.slice(n * 3, n * 3 + 12),
  impact: 3,
  redacted: false,
  ...over,
});
const withheld = {
  group: "employment",
  side: "human",
  detector: "human",
  title: "human-side context present",
  explanation: "human-side context present",
  weight: 6,
  half_life_days: null,
  until: iso(day(-25)),
  threats: [],
  stage: "motive",
  object: null,
  techniques: [],
  event_count: 0,
  events: [],
  impact: 0,
  redacted: true,
};
export const indicators = [
  indicator(0, {}),
  indicator(1, {
    group: "fact",
    detector: "rule:5f2c",
    title: "Customer list copied to removable media",
    explanation:
      "Rule “Labelled file to removable media” matched 9 events: files labelled confidential were written to a USB stick.",
    weight: 11,
    event_count: 9,
    techniques: ["T1052.001", "IF002"],
  }),
  indicator(2, {
    title: "Worked at hours that are unusual for this person",
    explanation:
      "Active from 22:00 to 01:30 on three evenings. Usual: 8:00 to 18:00. 1 of 22 peers works then.",
    weight: 5.4,
    stage: "preparation",
    object: null,
    techniques: [],
    event_count: 61,
  }),
  indicator(3, withheld),
  indicator(5, {
    title: "Opened shares never opened before",
    explanation:
      "7 shares of other departments opened for the first time. Peers open 0 to 1 new shares a month.",
    weight: 4.1,
    stage: "preparation",
    techniques: ["T1039"],
    event_count: 7,
  }),
  ...Array.from({ length: 14 }, (_, n) =>
    indicator(6 + n, {
      title: `Sent more mail to outside than usual (${n + 1})`,
      weight: 1.1 + n / 10,
      stage: null,
      techniques: [],
      event_count: 3,
    }),
  ),
];

function explain(score) {
  const rows = [
    {
      indicator: null,
      kind: "prior",
      title: "Where everybody starts (1 in 1,000)",
      weight_then: -30,
      age_days: null,
      contribution: -30,
    },
  ];
  rows.push({
    indicator: null,
    kind: "exposure",
    title: "Exposure: holds rights to crown jewels",
    weight_then: 3,
    age_days: null,
    contribution: 3,
  });
  for (const [n, i] of indicators.entries())
    rows.push({
      indicator: i.id,
      kind: "indicator",
      title: i.title,
      weight_then: i.weight,
      age_days: n,
      contribution: i.weight * 0.93,
    });
  rows.push({
    indicator: null,
    kind: "cap",
    title: "Cap on departures from usual",
    weight_then: 0,
    age_days: null,
    contribution: -6.2,
  });
  rows.push({
    indicator: null,
    kind: "sequence",
    title: "Motive, preparation and infringement in this order",
    weight_then: 6,
    age_days: null,
    contribution: 6,
  });
  const sum = rows.reduce((n, row) => n + row.contribution, 0);
  rows.push({
    indicator: null,
    kind: "indicator",
    title: "Approved project covers part of the copies",
    weight_then: -6,
    age_days: 2,
    contribution: score - sum,
  });
  return {
    score,
    level: level(score),
    prior: -30,
    sequence_bonus: 6,
    bands: { watch: -20, review: -10, act: 0 },
    alert_gate: { technical: 31.4, needed: 7, open: true },
    groups: [
      { group: "behaviour", raw: 27.2, applied: 21, cap: 21 },
      { group: "fact", raw: 11, applied: 10.4, cap: 25 },
      { group: "access", raw: 0, applied: 0, cap: 6 },
      { group: "employment", raw: 6, applied: 6, cap: 12 },
      { group: "mitigation", raw: -4, applied: -4, cap: 15 },
    ],
    rows,
    threats: [
      { threat: "leakage", share: 0.82 },
      { threat: "fraud", share: 0.1 },
      { threat: "misuse", share: 0.08 },
    ],
    would_lower: [
      "an approved handover that covers the copied files: about −11 dB",
      "14 days without new evidence: about −9 dB",
      "the owner of the customer list confirming the copies",
    ],
  };
}

export const alerts = Array.from({ length: 14 }, (_, n) => {
  const s = subjects[n % 9];
  const score = n === 0 ? 8.4 : 3 - n * 1.4;
  return {
    id: hex(n + 0xa1),
    subject: s.id,
    day: day(n % 5),
    raised: iso(day(n % 5), 23),
    title: [
      "Customer list copied to removable media at unusual hours",
      "Payments approved to a bank account changed the same day",
      "Far more records looked up than usual",
      "Audit log cleared after an administrator's night shift",
    ][n % 4],
    sentences: [
      "412 files copied to removable media on 4 May; usual for this subject are 0 to 3.",
      "Of 22 peers in Sales, none copied more than 9 in the last 90 days.",
      "Seven shares of other departments were opened for the first time in the week before.",
      "human-side context present",
    ],
    score,
    level: level(score),
    threat: ["leakage", "fraud", "misuse", "sabotage"][n % 4],
    impact: [3, 2, 1, 3][n % 4],
    queue: n % 6 === 5 ? "slow_burn" : "daily",
    rank: 1 + Math.floor(n / 5),
    status: n % 5 === 3 ? "in_progress" : "new",
    verdict: null,
    indicator_count: indicators.length,
    groups: n % 2 ? ["behaviour", "fact"] : ["behaviour", "fact", "employment", "mitigation"],
  };
});

export const queueDays = () =>
  Array.from({ length: 60 }, (_, n) => ({
    day: day(59 - n),
    alerts: n > 54 ? 3 : Math.floor(random() * 4),
    open: n > 54 ? 3 : 0,
  }));
export const counts = (most) =>
  Array.from({ length: 60 }, (_, n) => ({ day: day(59 - n), count: Math.floor(random() * most) }));

const impact = {
  level: 2,
  touched: 2,
  reach: 3,
  words: [
    "What was touched is important: losing it would be felt.",
    "The person's rights reach nearly everything.",
  ],
};
const motive = {
  named: "malicious",
  unknown: 0.2,
  causes: [
    {
      cause: "negligent",
      share: 0,
      for: [],
      against: [{ words: "traces were covered up", decibans: -6, indicators: [] }],
    },
    {
      cause: "ignorant",
      share: 0,
      for: [],
      against: [{ words: "it was prepared", decibans: -2, indicators: [] }],
    },
    {
      cause: "malicious",
      share: 0.8,
      for: [{ words: "traces were covered up", decibans: 8, indicators: [] }],
      against: [],
    },
  ],
  reason: null,
  reason_unknown: 1,
  reasons: [],
  suggests: ["Look into it together: open a case with both departments, and keep the evidence."],
  partial: true,
};
const PHASES = ["baseline", "stress", "exploration", "preparation", "infringement", "concealment"];
const way = (until) => {
  const of = (n) => (n > 20 ? "baseline" : n > 6 ? "preparation" : "infringement");
  const days = Array.from({ length: 60 }, (_, n) => 59 - n)
    .map((n) => ({
      day: day(n),
      phase: of(n),
      probabilities: PHASES.map((p) => (p === of(n) ? 0.75 : 0.05)),
    }))
    .filter((d) => d.day <= until);
  const spans = PHASES.flatMap((phase) => {
    const own = days.filter((d) => d.phase === phase);
    return own.length
      ? [{ from: own[0].day, to: own.at(-1).day, phase, probability: 0.75, clear: true }]
      : [];
  });
  return { days, spans };
};
const chainStep = (n, name, stage, object, sentence) => ({
  name,
  stage,
  time: sentence ? `${day(3)}T${9 + n}:10:00Z` : null,
  object,
  event: sentence && n > 0 ? "00000000000000000000000000000001" : null,
  count: sentence ? 1 : 0,
  sentence,
  reached: sentence !== "",
  optional: false,
});
export const chains = [
  {
    sequence: "collected-hidden-taken-wiped",
    title: "Collected, renamed or packed, taken out, then wiped",
    complete: true,
    evidence: true,
    key: "holiday.zip",
    steps: [
      chainStep(1, "collected", "preparation", "plans.docx", "plans.docx was opened or downloaded."),
      chainStep(2, "renamed or packed", "preparation", "holiday.zip", "holiday.zip was renamed or packed."),
      chainStep(3, "taken out", "infringement", "holiday.zip", "holiday.zip left the company."),
      chainStep(4, "wiped", "anti_forensics", "holiday.zip", "holiday.zip was deleted."),
    ],
  },
  {
    sequence: "new-right-mass-read-log-cleared",
    title: "New right, mass reading, then a log cleared",
    complete: false,
    evidence: false,
    key: null,
    steps: [
      chainStep(0, "new right", "means", null, "A right or a group was added to the account."),
      chainStep(2, "mass reading", "infringement", "a.docx", "64 different files or records were read."),
      chainStep(3, "log cleared", "anti_forensics", null, ""),
    ],
  },
];

export const story = (id, at) => {
  const back = at ? Math.max(0, Math.round((LAST - Date.parse(at.slice(0, 10))) / 86400000)) : 0;
  const subject = subjects.find((s) => s.id === id) ?? subjects[0];
  const history = Array.from({ length: 90 }, (_, n) => ({
    day: day(89 - n),
    score: n < 60 ? -29 + random() * 2 : -29 + ((subject.score + 29) * (n - 59)) / 30,
    level: "low",
  })).filter((h) => h.day <= day(back));
  const score = history.at(-1)?.score ?? -30;
  return {
    subject,
    at: `${day(back)}T23:59:59Z`,
    explanation: explain(score),
    impact,
    motive,
    way: way(day(back)),
    history,
    chains,
    indicators: indicators.filter((i) => i.time.slice(0, 10) <= day(back)),
    alerts: alerts.filter((a) => a.subject === subject.id),
  };
};
export const alert = (id) => {
  const found = alerts.find((a) => a.id === id);
  return (
    found && {
      alert: found,
      subject: subjects.find((s) => s.id === found.subject),
      indicators,
      explanation: explain(found.score),
      impact,
      motive,
      chains: chains.filter((chain) => chain.evidence),
      history: found.history ?? [],
    }
  );
};
export const timeline = (to) => {
  const end = to ? to.slice(0, 10) : day(0);
  const days = Array.from({ length: 90 }, (_, n) => day(89 - n)).filter((d) => d <= end);
  return {
    sources: SOURCES,
    days: days.map((d) => ({
      day: d,
      counts: Object.fromEntries(
        SOURCES.map((s, n) => [
          s,
          [0, 6].includes(new Date(d).getUTCDay()) ? 0 : Math.floor(random() * (n === 8 ? 3 : 400 / (n + 1))),
        ]),
      ),
    })),
    marks: [
      ...indicators.map((i) => ({
        time: i.time,
        kind: i.side === "human" ? "people" : "indicator",
        title: i.title,
        indicator: i.id,
      })),
      { time: alerts[0].raised, kind: "alert", title: alerts[0].title, indicator: null },
    ].filter((m) => m.time.slice(0, 10) <= end),
  };
};
const share = (late) => {
  const raw = Array.from({ length: 168 }, (_, n) => {
    const [d, h] = [Math.floor(n / 24), n % 24];
    if (d > 4) return late && h > 20 ? 0.4 : 0;
    return h >= 8 && h < 18 ? 1 + Math.sin(h) * 0.4 : late && h >= 21 ? 1.4 : 0;
  });
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((v) => v / sum);
};
export const hours = () => ({
  past: share(false),
  recent: share(true),
  peers: share(false),
  peer_count: 22,
  time_zone: "Europe/Berlin",
});

export const eventDetail = (id) => {
  const found = events.find((e) => e.id === id) ?? events[0];
  return {
    ...found,
    attrs: {
      actor_user: found.account,
      device: found.device,
      file_path: "\\\\fs1\\sales\\customers-north.xlsx",
      file_size: "184220",
    },
    fields: [
      { name: "EventID", value: 4663 },
      { name: "ObjectName", value: "\\Device\\HarddiskVolume7\\customers-north.xlsx" },
      { name: "SubjectUserName", value: found.account },
    ],
    raw: `{"@timestamp":"${found.time}","winlog":{"event_id":4663,"channel":"Security","event_data":{"SubjectUserName":"${found.account}","ObjectName":"\\\\Device\\\\HarddiskVolume7\\\\customers-north.xlsx","AccessMask":"0x2"}}}`,
    asset_criticality: "high",
    logsources: [{ product: "windows", category: null, service: "security" }],
    matched_rules: [{ id: "rule-1", title: "Labelled file to removable media" }],
  };
};
export const sources = SOURCES.map((source, n) => ({
  source,
  mapping: n % 4 ? source : "windows",
  events: 1200000 / (n + 1),
  rejects: n === 3 ? 12 : n === 6 ? 2 : 0,
  bytes: 840000000 / (n + 1),
  first: iso(day(120)),
  last: iso(day(0)),
  last_received: iso(day(0), 12),
  by_day: Array.from({ length: 60 }, (_, d) => ({
    day: day(59 - d),
    events: [0, 6].includes(new Date(day(59 - d)).getUTCDay()) ? 400 : 9000 + Math.floor(random() * 4000),
    rejects: n === 3 && d > 50 ? 2 : 0,
  })),
}));
export const rejects = Array.from({ length: 14 }, (_, n) => ({
  id: n + 1,
  source: n < 12 ? "mail" : "vpn",
  stream: `logs/${n < 12 ? "mail" : "vpn"}/${day(n)}.ndjson`,
  offset: 91823 * (n + 1),
  reason: n % 2 ? "not JSON: expected `,` or `}` at byte 311" : "no time that can be read in field `date`",
  hint:
    n % 2
      ? "the record was cut; look at the end of the file"
      : "name the field and its format under `time` in the mapping",
  bytes: 420 + n,
  received: iso(day(n)),
  status: "open",
}));
export const rules = Array.from({ length: 136 }, (_, n) => ({
  id: `rule-${n}`,
  title:
    [
      "Labelled file to removable media",
      "Audit log cleared",
      "Mailbox rule that forwards outside",
      "Vendor's bank details changed and paid",
      "Archive made of a whole share",
    ][n % 5] + (n > 4 ? ` (${n})` : ""),
  level: ["high", "medium", "low", "critical", "informational"][n % 5],
  status: "stable",
  logsource: ["windows / security", "m365 / audit", "file_event"][n % 3],
  techniques: ["T1052.001"],
  threats: [["leakage"], ["sabotage"], ["leakage"], ["fraud"], ["leakage"]][n % 5],
  stage: ["infringement", "anti_forensics", "preparation"][n % 3],
  matches: n < 20 ? 200 - n * 9 : 0,
  file: `rules/leakage/rule-${n}.yml`,
}));
export const ruleErrors = [
  {
    file: "rules/own/broken.yml",
    line: 14,
    reason: "selection `sel` is named in the condition but not defined",
  },
];
