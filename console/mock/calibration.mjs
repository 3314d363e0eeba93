// Made-up calibration and departures in the API's shapes.
import { day } from "./data.mjs";

const rate = (level, ranked, ratio, reading) => ({
  level,
  ranked,
  seen: Math.round(ranked * level * ratio),
  expected: ranked * level,
  ratio: reading === "too_few" ? null : ratio,
  low: reading === "too_few" ? null : ratio * 0.8,
  high: reading === "too_few" ? null : ratio * 1.25,
  reading,
});
const rates = (id, words, people, ratio, reading, surprised = null) => ({
  id,
  words,
  person_days: people,
  surprised,
  at: [
    rate(0.01, people, ratio, people < 500 ? "too_few" : reading),
    rate(0.001, people, ratio, people < 5000 ? "too_few" : reading),
  ],
});
const concluded = (id, rule, counts, shares) => {
  const [alerts, tp, benign, fp, none] = counts;
  const share = (s) => (s === null ? null : { low: s * 0.6, share: s, high: Math.min(1, s * 1.4) });
  return {
    id,
    rule,
    alerts,
    true_positive: tp,
    benign,
    false_positive: fp,
    insufficient_data: none,
    said: tp + benign + fp,
    false_alarms: share(shares && 1 - shares),
    precision: share(shares),
    next: share(shares && shares * 0.9),
  };
};
const group = (name, people, alerted, rest, reading) => {
  const share = alerted / people;
  return {
    name,
    people,
    alerted,
    alerts: alerted * 2,
    rate: share,
    low: share * 0.6,
    high: Math.min(1, share * 1.6),
    rest_rate: rest,
    ratio: share / rest,
    four_fifths: alerted ? rest / share : null,
    reading,
  };
};

export const calibration = (p) => ({
  from: p.from ?? day(90),
  to: p.to ?? day(0),
  days: 91,
  person_days: 9120,
  overall: rates("day", "the day as a whole", 9120, 1.12, "as_promised"),
  channels: [
    rates("in_hours:logon", "logons", 9120, 0.95, "as_promised", 4200),
    rates("in_hours:file_read", "files read", 9120, 2.6, "too_often", 3900),
    rates(
      "out_of_hours:removable_copy",
      "copies to removable media outside own hours",
      9120,
      0.2,
      "rare",
      25,
    ),
    rates("volume:mail_external", "volume of mails to outside addresses", 9120, 1.4, "as_promised", 2100),
  ],
  groups: [
    rates("developer", "developer", 4100, 1.3, "as_promised"),
    rates("controller", "controller", 2200, 0.45, "by_chance"),
    rates("the rest, together", "the rest, together", 300, 1, "as_promised"),
  ],
  alerts: 88,
  concluded: 41,
  least: 10,
  prior_cases: 20,
  queues: [
    concluded("daily", null, [70, 12, 14, 8, 1], 0.35),
    concluded("slow_burn", null, [18, 2, 3, 1, 0], null),
  ],
  detectors: [
    concluded("behaviour", null, [60, 8, 12, 6, 1], 0.31),
    concluded("rule:a1", { id: "a1", title: "Labelled file to removable media" }, [30, 9, 4, 2, 0], 0.6),
  ],
  least_people: 10,
  attributes: [
    {
      attribute: "department",
      people: 118,
      alerted: 31,
      groups: [
        group("Sales", 24, 14, 0.18, "uneven"),
        group("Engineering", 40, 9, 0.28, "even"),
        group("the rest, together", 54, 8, 0.36, "even"),
      ],
      worst: {
        group: "Sales",
        ratio: 3.2,
        cause: {
          kind: "behaviour",
          name: "volume of mails to outside addresses",
          people: 11,
          group_share: 0.46,
          rest_share: 0.04,
        },
      },
    },
    {
      attribute: "site",
      people: 118,
      alerted: 31,
      groups: [group("Leeds", 60, 17, 0.24, "even"), group("Hamburg", 58, 14, 0.28, "even")],
      worst: null,
    },
  ],
});

const shares = (night) =>
  Array.from({ length: 24 }, (_, hour) => (hour >= 8 && hour < 18 ? 0.9 : hour >= 22 ? night : 0));

export const departures = (at) => {
  const end = at ? at.slice(0, 10) : day(0);
  const history = Array.from({ length: 64 }, (_, n) => ({ day: day(66 - n), value: (n * 7) % 5 }));
  const all = [2, 9].map((back) => ({
    at: day(back),
    found: [
      {
        channel: "out_of_hours:removable_copy",
        title: "copies to removable media outside own hours",
        what: "63 copies to removable media outside own hours.",
        own: "Usual for this subject 1.8 a day; so many come about once in 11 years.",
        peers: "Usual for peers one in 4 days.",
        share: 0.61,
        picture: {
          kind: "days",
          unit: "acts",
          value: 63,
          history: history.filter((h) => h.day < day(back)),
          band: { low: 0, usual: 2, high: 4 },
          peers: { people: 22, quantiles: [0, 0, 0, 1, 3] },
          own_hours: null,
          peer_hours: null,
          note: "Counted outside the hours that were this subject's own on that day; peers in the same hours.",
        },
      },
      {
        channel: "hour",
        title: "active at an unusual hour",
        what: "Active between 23:00 and 00:00.",
        own: "0.3 % of this subject's active hours fall there.",
        peers: "Less than 0.1 % of the peers' active hours fall there.",
        share: 0.27,
        picture: {
          kind: "hours",
          unit: "hour",
          value: 23,
          history: [],
          band: null,
          peers: null,
          own_hours: shares(0.02),
          peer_hours: shares(0.01),
          note: "On what share of earlier working days each hour saw activity.",
        },
      },
      {
        channel: "novel:share",
        title: "first use of shares",
        what: "First use of share \\\\fs1\\finance.",
        own: "No new one in this subject's known past.",
        peers: "None of about 22 peers used it lately.",
        share: 0.12,
        picture: null,
      },
    ],
  }));
  return {
    at: `${end}T23:59:59Z`,
    from: day(60),
    departures: all
      .filter((one) => one.at <= end)
      .flatMap((one) => one.found.map((found) => ({ day: one.at, ...found }))),
  };
};
