/** What-if without a page: which settings are changed, and what came of it in words. */
import type { ChangedSetting, Knob, SettingChange, WhatIfView } from "../../api/risk";
import { counted } from "../../words/format";

/** Values typed so far, by key. */
export type Tried = Record<string, number>;

/** Groups of settings as a page shows them. */
export const PARTS: { title: string; means: string; prefixes: string[] }[] = [
  { title: "The queue", means: "how many alerts, and how often the same person", prefixes: ["queue."] },
  { title: "What a rule weighs", means: "by the level of the rule", prefixes: ["model.levels."] },
  {
    title: "Technical evidence",
    means: "behaviour, rule facts, rights",
    prefixes: ["model.groups.behaviour.", "model.groups.fact.", "model.groups.access."],
  },
  {
    title: "Human side and explanations",
    means: "never opens an alert alone, whatever stands here",
    prefixes: [
      "model.groups.employment.",
      "model.groups.red_flag.",
      "model.groups.hotline.",
      "model.groups.mitigation.",
    ],
  },
  { title: "Bands", means: "where watch, review and act begin", prefixes: ["model.bands."] },
  {
    title: "Single detectors",
    means: "what one detector's evidence is multiplied by",
    prefixes: ["model.detectors."],
  },
];

/** The settings of one part, in their order. */
export function ofPart(knobs: Knob[], prefixes: string[]): Knob[] {
  return knobs.filter((knob) => prefixes.some((prefix) => knob.key.startsWith(prefix)));
}

/** What is changed: values that are numbers, and others than now. */
export function changes(knobs: Knob[], tried: Tried): SettingChange[] {
  return Object.entries(tried)
    .filter(([key, value]) => {
      const now = knobs.find((knob) => knob.key === key)?.value ?? 1;
      return Number.isFinite(value) && value !== now;
    })
    .map(([key, value]) => ({ key, value }));
}

/** A value with its unit. */
export function valued(value: number, unit: Knob["unit"]): string {
  const number = String(Math.round(value * 100) / 100).replace("-", "\u2212");
  if (unit === "share") return `${Math.round(value * 100)} %`;
  if (unit === "times") return `${number} times`;
  return `${number} ${unit}`;
}

/** A changed setting in words. */
export function changedWords(change: ChangedSetting, knobs: Knob[]): string {
  const knob = knobs.find((known) => known.key === change.key);
  const unit = knob?.unit ?? "times";
  const name = knob?.words ?? change.key;
  return `${name}: ${valued(change.before, unit)} → ${valued(change.after, unit)}`;
}

/** What would have been, in sentences. */
export function outcomeWords(view: WhatIfView): string[] {
  const days = view.days.length;
  const lines = [
    `In the last ${counted(days, "day")} there were ${counted(view.alerts_before, "alert")}; there would have been ${view.alerts_after}, of which ${view.both} are the same.`,
  ];
  const rounded = (value: number) => Math.round(value * 10) / 10;
  if (view.budget_before !== view.budget_after)
    lines.push(
      `The budget would be ${rounded(view.budget_after)} alerts a day in the place of ${rounded(view.budget_before)}.`,
    );
  if (view.alerts_before === view.alerts_after && view.entering.length === 0 && view.leaving.length === 0)
    lines.push("Nothing would have changed.");
  if (!view.exact_start)
    lines.push("The state before the first day is no longer kept, so the first two weeks are an estimate.");
  if (view.unlike_kept > 0)
    lines.push(
      `The queue as it really was differs by ${counted(view.unlike_kept, "alert")} from one filled again with today's settings: settings or verdicts changed meanwhile.`,
    );
  return lines;
}
