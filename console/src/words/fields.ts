/** Fields that searches know, and what stands in them; `docs/lake.md` lists them all. */
export const FIELDS: { name: string; means: string }[] = [
  { name: "account", means: "account that acted" },
  { name: "device", means: "where it happened" },
  { name: "source", means: "source of the record" },
  { name: "class", means: "kind of event" },
  { name: "src_ip", means: "address it came from" },
  { name: "src_host", means: "host it came from" },
  { name: "dst_ip", means: "address it went to" },
  { name: "dst_host", means: "host it went to" },
  { name: "dst_port", means: "port it went to" },
  { name: "file_name", means: "name of the file" },
  { name: "file_path", means: "path of the file" },
  { name: "file_hash", means: "hash of the file" },
  { name: "file_result", means: "new path after a copy or rename" },
  { name: "file_size", means: "size of the file, bytes" },
  { name: "data_label", means: "classification of the data" },
  { name: "process", means: "programme" },
  { name: "command_line", means: "command line" },
  { name: "parent_process", means: "programme that started it" },
  { name: "peripheral", means: "stick or other device" },
  { name: "url", means: "address on the web" },
  { name: "url_host", means: "host on the web" },
  { name: "http_method", means: "method of the request" },
  { name: "http_status", means: "status of the answer" },
  { name: "user_agent", means: "what the browser calls itself" },
  { name: "email_from", means: "sender" },
  { name: "email_to", means: "recipients" },
  { name: "email_subject", means: "subject of the mail" },
  { name: "resource", means: "share, table, mailbox, door" },
  { name: "operation", means: "the source's name of the act" },
  { name: "service", means: "service or application" },
  { name: "target_user", means: "account acted upon" },
  { name: "group_name", means: "group or right granted" },
  { name: "actor_user", means: "account as the source wrote it" },
  { name: "actor_uid", means: "its id at the source" },
  { name: "status_detail", means: "why it failed" },
  { name: "location", means: "country or site" },
  { name: "message", means: "message" },
  { name: "bytes_in", means: "bytes towards the actor" },
  { name: "bytes_out", means: "bytes away from the actor" },
  { name: "items", means: "things touched at once" },
];

/** Names that mean a column and not a source's own field. */
export const COLUMNS = new Set([
  ...FIELDS.map(({ name }) => name),
  ...[
    "activity_id",
    "class_uid",
    "day",
    "event_id",
    "fields",
    "logsource",
    "raw",
    "severity_id",
    "status_id",
  ],
  "time",
]);

/** What can stand between a field and its value. */
export const MODIFIERS: { name: string; means: string }[] = [
  { name: "contains", means: "anywhere in it" },
  { name: "startswith", means: "at its beginning" },
  { name: "endswith", means: "at its end" },
  { name: "all", means: "every value of the list" },
  { name: "cased", means: "with regard to case" },
  { name: "re", means: "regular expression" },
  { name: "cidr", means: "in a network" },
  { name: "lt", means: "less than" },
  { name: "lte", means: "at most" },
  { name: "gt", means: "more than" },
  { name: "gte", means: "at least" },
  { name: "exists", means: "true or false" },
];

/** Fields that name a machine. */
export const HOSTS = new Set(["device", "src_host", "dst_host", "src_ip", "dst_ip"]);
/** Fields that name a file. */
export const FILES = new Set(["file_name", "file_path", "file_hash"]);
