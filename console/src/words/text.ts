/** Longer texts of the console. */

export const TEXT = {
  signInTitle: "Please sign in",
  signInOther: "No password yet, or lost it?",
  signIn:
    "Open your one-time sign-in link; then set a password or a passkey on the account page. Whoever runs Tandem makes a link with:",
  signInCommand: "tandem sign-in-link it_analyst",
  noSubjectsTitle: "This role sees no subjects",
  noSubjects:
    "The pages in the bar above are open to you. Alerts and people's stories are shown to IT analysts, corporate investigators, approvers and auditors.",
  noAlertsTitle: "No alerts here",
  noAlerts:
    "Nothing waits under these filters. Pick another day, show closed ones too, or read in more logs with `tandem ingest`.",
  noSubjectsFound:
    "Nobody matches. Clear a filter, or check that people files were read in with `tandem ingest`.",
  noEventsTitle: "No events match",
  noEvents: "Widen the time, drop a condition, or look at Sources to see what has arrived.",
  noRejectsTitle: "Nothing was rejected",
  noRejects: "Every record under these filters became an event.",
  noSources:
    "Nothing has arrived yet. Read logs in with `tandem ingest FOLDER`, or push them to /api/v1/ingest/SOURCE.",
  decibans:
    "Decibans (dB) are ten times the base-10 logarithm of the odds: +10 dB is ten times likelier. Everybody starts at −30 dB, odds of 1 to 1,000.",
  pastNote: "Everything here uses only what was known then.",
  peersFew: "Fewer than ten peers: their hours are not shown, so that nobody can be recognised in them.",
  noNumbers: "Not for ranking people: the number says how much evidence there is, not who somebody is.",
} as const;

/** Keys and what they do, for the help. */
export const KEYS: { keys: string[]; does: string }[] = [
  { keys: ["j"], does: "next alert or case in the list" },
  { keys: ["k"], does: "previous one" },
  { keys: ["Enter"], does: "open it" },
  { keys: ["t"], does: "take the alert" },
  { keys: ["c"], does: "close it with a verdict" },
  { keys: ["o"], does: "open a case from the alert" },
  { keys: ["y"], does: "accept the duty on the duty board" },
  { keys: ["n"], does: "decline it" },
  { keys: ["f"], does: "say that the duty or task is fulfilled" },
  { keys: ["1", "…", "9"], does: "go to a part of a case" },
  { keys: ["/"], does: "go to the page's search field" },
  { keys: ["Esc"], does: "close a drawer or dialog" },
  { keys: ["Ctrl", "Space"], does: "offer fields in a search of events" },
  { keys: ["Ctrl", "Enter"], does: "run the SQL statement" },
  { keys: ["g", "q"], does: "go to the queue" },
  { keys: ["g", "s"], does: "go to subjects" },
  { keys: ["g", "e"], does: "go to events" },
  { keys: ["g", "w"], does: "go to cases" },
  { keys: ["g", "d"], does: "go to the duty board" },
  { keys: ["g", "a"], does: "go to approvals" },
  { keys: ["g", "l"], does: "go to the ledger" },
  { keys: ["?"], does: "show these keys" },
];

/** Statements to start a hunt from. */
export const EXAMPLES: { title: string; sql: string }[] = [
  {
    title: "Copies to removable media by account",
    sql: "select account, count(*) as copies, sum(file_size) as bytes\nfrom events\nwhere class = 'file_activity' and peripheral is not null\ngroup by account\norder by copies desc\nlimit 20",
  },
  {
    title: "Failed sign-ins by account and day",
    sql: "select day, account, count(*) as failures\nfrom events\nwhere class = 'authentication' and status_id = 2\ngroup by day, account\norder by failures desc\nlimit 50",
  },
  {
    title: "Largest mails to outside",
    sql: "select time, account, email_to, email_subject, bytes_out\nfrom events\nwhere class = 'email_activity' and activity_id = 1\norder by bytes_out desc nulls last\nlimit 50",
  },
  {
    title: "Events by source and class",
    sql: "select source, class, count(*) as events, min(time) as first, max(time) as last\nfrom events\ngroup by source, class\norder by events desc",
  },
];
