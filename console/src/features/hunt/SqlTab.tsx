import { useEffect, useState } from "react";
import { useSql } from "../../api/queries";
import { Failure, Loading } from "../../ui/states";
import { useUrl } from "../../url";
import { EXAMPLES } from "../../words/text";
import { Results } from "./Results";
import { SaveDialog } from "./SaveDialog";
import { Saved } from "./Saved";

/** Any SELECT over `events`. */
export function SqlTab() {
  const [url, change] = useUrl();
  const start = url.sql ?? EXAMPLES[0]?.sql ?? "";
  const [sql, setSql] = useState(start);
  useEffect(() => setSql(start), [start]);
  const [saving, setSaving] = useState(false);
  const query = useSql(url.run ? url.sql : undefined);
  const run = () => {
    if (sql === url.sql && url.run) void query.refetch();
    else change({ tab: "sql", sql, run: "1" });
  };
  return (
    <>
      <section className="panel stack" aria-label="statement">
        <label className="field">
          one SELECT over the table “events”
          <textarea
            rows={7}
            spellCheck={false}
            className="mono"
            data-search
            value={sql}
            onChange={(event) => setSql(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
            }}
          />
        </label>
        <div className="row">
          <button
            type="button"
            className="primary"
            onClick={run}
            disabled={sql.trim() === "" || query.isFetching}
          >
            Run
          </button>
          <button type="button" onClick={() => setSaving(true)} disabled={sql.trim() === ""}>
            Save…
          </button>
          <span className="muted small">
            or <kbd>Ctrl</kbd> <kbd>Enter</kbd>
          </span>
          <span className="muted small">Examples:</span>
          {EXAMPLES.map((example) => (
            <button
              key={example.title}
              type="button"
              className="link small"
              onClick={() => setSql(example.sql)}
            >
              {example.title}
            </button>
          ))}
        </div>
        <details className="small">
          <summary>Columns worth knowing</summary>
          <p className="mono break">
            event_id, time, day, source, class, activity_id, severity_id, status_id (1 success, 2 failure),
            account, target_user, device, src_ip, dst_host, process, command_line, file_path, file_name,
            file_size, file_result, peripheral, data_label, url, url_host, email_from, email_to,
            email_subject, resource, operation, bytes_in, bytes_out, items, raw; field(fields, 'Name') reaches
            a source's own field
          </p>
        </details>
      </section>
      {query.isFetching && <Loading />}
      {query.error && !query.isFetching && <Failure error={query.error} />}
      {query.data && !query.isFetching && !query.error && <Results answer={query.data} />}
      <section className="panel stack" aria-label="saved searches">
        <h2>Saved searches in SQL</h2>
        <Saved
          language="sql"
          open={(saved) => change({ tab: "sql", sql: saved.query, run: "1" })}
          makeRule={() => undefined}
        />
      </section>
      {saving && <SaveDialog query={sql.trim()} language="sql" close={() => setSaving(false)} />}
    </>
  );
}
