// Made-up live sources in the API's shape, for working on the console without a server. Never shipped.
const source = (name, kind, from, over = {}) => ({
  ...{ name, kind, from, phase: "running", bytes: 84_000_000, records: 210_400, refused: 0, connections: 14 },
  ...{
    open: 3,
    behind: null,
    last: "2026-05-04T08:15:02Z",
    trouble: null,
    silent_after_minutes: 120,
    alarms: [],
  },
  ...over,
});

export const live = () => ({
  sources: [
    source("firewalls", "syslog", "0.0.0.0:6514 (tls)", { refused: 3 }),
    source("badge", "files", "/var/log/badge/*.log", {
      last: "2026-05-04T01:02:03Z",
      alarms: [
        {
          kind: "silent",
          since: "2026-05-04T03:02:03Z",
          sentence: "No record for 7 hours; usual are 40 an hour.",
        },
      ],
    }),
    source("m365", "pull", "Office 365 management activity", {
      ...{ phase: "failing", open: 0, behind: 1200 },
      trouble: { at: "2026-05-04T08:10:00Z", what: "the service answered 401: the secret has expired" },
      alarms: [
        {
          kind: "failing",
          since: "2026-05-04T07:55:00Z",
          sentence: "Three tries failed; the next is in 4 minutes.",
        },
      ],
    }),
  ],
  intake: {
    waiting_bytes: 120_000,
    room_bytes: 64_000_000,
    committed: 420_000,
    commits: 312,
    last_commit: "2026-05-04T08:15:04Z",
  },
});
