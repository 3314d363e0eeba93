/** The words of the calibration page; no React here. */
import type {
  Attribute,
  CalibrationView,
  Concluded,
  Evenness,
  GroupRate,
  RateAt,
  Rates,
  Reading,
  Share,
} from "../../api/calibration";
import type { Ratio } from "../../charts/Ratios";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";

/** A p-value is as promised while it comes between half and twice as often. */
export const TOLERATED: [number, number] = [0.5, 2];

const READINGS: Record<Reading, string> = {
  as_promised: "as promised",
  by_chance: "off, as chance may do",
  too_often: "too often",
  too_seldom: "too seldom",
  rare: "seldom by itself",
  too_few: "too few days",
};

/** A reading in a few words. */
export const readingWords = (reading: Reading): string => READINGS[reading];

/** True if somebody should look into it. */
export const isAlarm = (reading: Reading | Evenness | undefined): boolean =>
  reading === "too_often" || reading === "too_seldom" || reading === "uneven";

/** `1 in 100` for a level of 0.01. */
export const levelWords = (level: number): string => `1 in ${count(1 / level)}`;

/** A ratio, as exact as it is worth. */
const factor = (ratio: number): string => (ratio >= 10 ? count(ratio) : ratio.toFixed(ratio < 1 ? 2 : 1));

/** A ratio as a table says it. */
export const times = (ratio: number | null): string => (ratio === null ? "–" : `${factor(ratio)} ×`);

/** A share as a percentage, with a decimal where it is small. */
export function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

/** A share and its interval. */
export const shareWords = (share: Share | null): string =>
  share === null ? "–" : `${percent(share.share)} (${percent(share.low)} to ${percent(share.high)})`;

/** What one rate says, in one sentence. */
export function rateSentence(rate: RateAt): string {
  const level = levelWords(rate.level);
  if (rate.ratio === null)
    return `“${level}”: ${counted(rate.ranked, "day")}, too few to tell (at least ${count(5 / rate.level)} are needed)`;
  return `“${level}” was said of ${count(rate.seen)} of ${counted(rate.ranked, "day")}, ${count(rate.expected)} would be right: ${readingWords(rate.reading)}`;
}

/** A row of the picture of rates at one level. */
export function ratioOf(rates: Rates, at: number): Ratio {
  const rate = rates.at[at];
  return {
    id: rates.id,
    name: rates.words,
    words: rate ? `${rates.words}, ${rateSentence(rate)}` : rates.words,
    ratio: rate?.ratio ?? null,
    low: rate?.low ?? null,
    high: rate?.high ?? null,
    end: rate ? readingWords(rate.reading) : "",
    alarm: rate !== undefined && isAlarm(rate.reading),
  };
}

/** Channels worth a row in the picture: those about which something can be said; alarms first, then the furthest off. */
export function telling(rates: Rates[], at: number, most: number): Rates[] {
  const off = (one: Rates) => Math.abs(Math.log(Math.max(1e-3, one.at[at]?.ratio ?? 1)));
  const alarm = (one: Rates) => Number(isAlarm(one.at[at]?.reading));
  return rates
    .filter((one) => one.at[at]?.ratio !== null && one.at[at] !== undefined && one.at[at].reading !== "rare")
    .sort((a, b) => alarm(b) - alarm(a) || off(b) - off(a))
    .slice(0, most);
}

/** What of everything needs a look, in sentences; empty if nothing does. */
export function alarms(view: CalibrationView): string[] {
  const rates = [...(view.overall ? [view.overall] : []), ...view.groups, ...view.channels];
  const off = rates.flatMap((one) =>
    one.at.filter((rate) => isAlarm(rate.reading)).map((rate) => `${one.words}: ${rateSentence(rate)}.`),
  );
  const uneven = view.attributes.flatMap((one) =>
    one.groups.filter(({ reading }) => reading === "uneven").map((group) => groupSentence(one, group)),
  );
  return [...off, ...uneven];
}

/** A queue or detector by name. */
export function nameOf(one: Concluded): string {
  if (one.rule) return one.rule.title;
  return said(one.id);
}

const ATTRIBUTES: Record<Attribute["attribute"], string> = {
  department: "Department",
  role: "Role",
  site: "Site",
  employment: "Kind of employment",
};

/** What is compared. */
export const attributeWords = (one: Attribute): string => ATTRIBUTES[one.attribute];

/** How one group stands, in one sentence. */
export function groupSentence(attribute: Attribute, group: GroupRate): string {
  const kind = attributeWords(attribute).toLowerCase();
  const much =
    group.ratio === null
      ? "while nobody else was alerted"
      : `${factor(group.ratio)} times the share of everybody else`;
  const end = {
    even: "within the four-fifths rule",
    by_chance: "outside the four-fifths rule, but so few may be chance",
    uneven: "outside the four-fifths rule, and more than chance does",
  }[group.reading];
  return `${kind} ${group.name}: ${count(group.alerted)} of ${counted(group.people, "person", "people")} had an alert, ${much}; ${end}.`;
}

/** What makes the difference, in one sentence. */
export function causeSentence(attribute: Attribute): string {
  const { worst } = attribute;
  if (!worst) return "";
  if (!worst.cause)
    return `For ${worst.group}, no one channel or rule makes the difference for three people or more.`;
  const { kind, name, group_share, rest_share } = worst.cause;
  const what = { behaviour: `unusual days by “${name}”`, rule: `the rule “${name}”`, human: name }[kind];
  return `For ${worst.group}, most of the difference comes from ${what}: ${percent(group_share)} of them, ${percent(rest_share)} of everybody else.`;
}

/** A row of the picture of groups. */
export function groupRatio(attribute: Attribute, group: GroupRate): Ratio {
  const against = (share: number) => (group.rest_rate > 0 ? share / group.rest_rate : null);
  return {
    id: group.name,
    name: `${group.name} (${count(group.people)})`,
    words: groupSentence(attribute, group),
    ratio: group.ratio,
    low: against(group.low),
    high: against(group.high),
    end: { even: "even", by_chance: "off, as chance may do", uneven: "uneven" }[group.reading],
    alarm: group.reading === "uneven",
  };
}
