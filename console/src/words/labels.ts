/** Names of things as the console says them. */

const LABELS: Record<string, string> = {
  behaviour: "departure from usual",
  fact: "rule or content fact",
  access: "access rights",
  employment: "employment",
  red_flag: "confirmed red flag",
  hotline: "corroborated report",
  mitigation: "mitigation",
  anti_forensics: "anti-forensics",
  slow_burn: "slow burn",
  daily: "daily",
  in_progress: "in progress",
  it_analyst: "IT analyst",
  it_lead: "IT lead",
  hr_partner: "HR partner",
  it: "IT security",
  corporate: "corporate security",
};

const HUMAN = new Set(["employment", "red_flag", "hotline"]);

/** A snake_case name as it is said. */
export function said(word: string): string {
  return LABELS[word] ?? word.replaceAll("_", " ");
}

/** True for groups that only the corporate side may read. */
export function isHuman(group: string): boolean {
  return HUMAN.has(group);
}

/** Ledger groups as tags: technical ones by name, human-side ones as one word that they are there. */
export function groupTags(groups: string[]): { text: string; side: "technical" | "human" }[] {
  const technical = groups.filter((g) => !isHuman(g) && g !== "mitigation");
  const tags: { text: string; side: "technical" | "human" }[] = technical.map((g) => ({
    text: said(g),
    side: "technical",
  }));
  if (groups.some(isHuman)) tags.push({ text: "human-side context present", side: "human" });
  if (groups.includes("mitigation")) tags.push({ text: "mitigation", side: "human" });
  return tags;
}

/** What impact numbers mean. */
export const IMPACTS = ["none known", "limited", "serious", "crown jewels"] as const;

/** `2 of 3, serious`. */
export function impactWords(impact: number): string {
  return `${impact} of 3, ${IMPACTS[impact] ?? "unknown"}`;
}

/** Risk levels, worst first. */
export const LEVELS = ["act", "review", "watch", "low"] as const;

/** What a level asks for. */
export const LEVEL_MEANS: Record<string, string> = {
  act: "a person should look today",
  review: "a person should look",
  watch: "keep in view",
  low: "nothing to do",
};

/** Verdicts with what each means. */
export const VERDICTS: { id: string; means: string }[] = [
  { id: "true_positive", means: "it was what it looked like" },
  { id: "benign", means: "it happened, and it was allowed" },
  { id: "false_positive", means: "it did not happen" },
  { id: "insufficient_data", means: "cannot be said" },
];

/** Event classes that can be searched for. */
export const CLASSES = [
  "authentication",
  "account_change",
  "user_access_management",
  "group_management",
  "file_activity",
  "file_hosting",
  "peripheral_activity",
  "email_activity",
  "http_activity",
  "network_activity",
  "tunnel_activity",
  "process_activity",
  "smb_activity",
  "datastore_activity",
  "web_resources_activity",
  "api_activity",
  "print_activity",
  "event_log_activity",
  "data_security_finding",
  "physical_access",
] as const;
