/** A rule made of a search: what it says, and what is missing yet. */
import type { RuleWording } from "../../api/hunt";

export const RULE_LEVELS = ["informational", "low", "medium", "high", "critical"] as const;
export const THREATS = ["leakage", "sabotage", "fraud", "misuse"] as const;
export const STAGES = ["motive", "means", "preparation", "infringement", "anti_forensics"] as const;

/** What is said of whatever is found. */
export interface Said {
  title: string;
  level: string;
  threat: string;
  stage: string;
}

/** A rule as it is filled in. */
export interface RuleForm extends Said {
  /** Only many events within a time, rather than each. */
  many: boolean;
  threshold: string;
  minutes: string;
  groupBy: string;
}

export const EMPTY_RULE: RuleForm = {
  title: "",
  level: "medium",
  threat: "",
  stage: "",
  many: false,
  threshold: "10",
  minutes: "60",
  groupBy: "account",
};

const whole = (text: string): number | null => (/^[1-9]\d{0,6}$/.test(text.trim()) ? Number(text) : null);

/** Names out of a text with commas or spaces between. */
export const namesIn = (text: string): string[] => [...new Set(text.split(/[\s,]+/).filter(Boolean))];

/** What has to be said first; empty if nothing is missing. */
export function missingSaid(said: Said): string {
  if (said.title.trim() === "") return "Give it a title first.";
  if (said.threat === "") return "Pick what it points to first.";
  return said.stage === "" ? "Pick a stage first." : "";
}

/** What has to be filled in first; empty if it can be sent. */
export function missingIn(form: RuleForm): string {
  const missing = missingSaid(form);
  if (missing !== "" || !form.many) return missing;
  if ((whole(form.threshold) ?? 0) < 2) return "Say how many events, as a whole number from 2 on.";
  if (whole(form.minutes) === null) return "Say within how many minutes, as a whole number.";
  return "";
}

/** The rule as it is sent. */
export function wordingOfRule(form: RuleForm): RuleWording {
  const { title, level, threat, stage } = form;
  const wording = { title: title.trim(), level, threat, stage };
  if (!form.many) return wording;
  const groups = namesIn(form.groupBy);
  return {
    ...wording,
    threshold: whole(form.threshold) ?? 2,
    window_minutes: whole(form.minutes) ?? 1,
    ...(groups.length > 0 && { group_by: groups }),
  };
}
