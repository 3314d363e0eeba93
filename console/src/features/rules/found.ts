import type { RuleView } from "../../api/types";

/** Rules that hold every word and have the level, those with most matches first. */
export function found(rules: RuleView[], words: string, level: string): RuleView[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (rule: RuleView) =>
    [rule.title, rule.id, rule.logsource, rule.file, rule.stage, ...rule.techniques, ...rule.threats]
      .join(" ")
      .toLowerCase();
  return rules
    .filter(
      (rule) => (level === "" || rule.level === level) && wanted.every((word) => text(rule).includes(word)),
    )
    .sort((a, b) => b.matches - a.matches || a.title.localeCompare(b.title));
}

/** Microseconds as people say them; nothing for a rule that was not evaluated. */
export function took(micros: number): string {
  if (micros <= 0) return "–";
  if (micros < 1_000) return `${micros} µs`;
  if (micros < 1_000_000) return `${(micros / 1_000).toFixed(1)} ms`;
  return `${(micros / 1_000_000).toFixed(1)} s`;
}
