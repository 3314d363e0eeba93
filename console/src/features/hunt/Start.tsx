/** Searches to begin with. */
export const BEGIN: { query: string; finds: string }[] = [
  { query: "class:file_activity peripheral:*", finds: "files on sticks and other devices" },
  { query: "class:email_activity file_name:(*.xlsx *.zip *.7z)", finds: "tables and archives in mails" },
  { query: "class:authentication status_id:2", finds: "sign-ins that failed" },
  { query: "command_line|contains:(rclone megasync winscp)", finds: "programmes that carry data away" },
];

/** Before anything is searched: how it is said, and searches to begin with. */
export function Start({ run }: { run: (query: string) => void }) {
  return (
    <section className="panel stack" aria-label="how to begin">
      <h2>Say what you look for</h2>
      <p>
        <code>field:value</code> for a field, a bare word for anything in the record; <code>*</code> and{" "}
        <code>?</code> stand for any text. Terms side by side all have to hold; <code>or</code>,{" "}
        <code>not</code> and brackets do what they say. <code>field|contains:</code> and other modifiers are
        those of Sigma.
      </p>
      <ul className="bullets">
        {BEGIN.map(({ query, finds }) => (
          <li key={query}>
            <button type="button" className="link mono" onClick={() => run(query)}>
              {query}
            </button>{" "}
            <span className="muted small">{finds}</span>
          </li>
        ))}
        <li>
          <button type="button" className="link" onClick={() => run("")}>
            Everything
          </button>{" "}
          <span className="muted small">all events of the time above, the newest first</span>
        </li>
      </ul>
      <p className="muted small">
        Each search is a row in the ledger, with your account and what you asked for.
      </p>
    </section>
  );
}
