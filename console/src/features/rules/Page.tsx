import type { ColumnDef } from "@tanstack/react-table";
import { useMemo } from "react";
import { useRules } from "../../api/queries";
import type { RuleList, RuleView } from "../../api/types";
import { Choice, Segments, Tag } from "../../ui/bits";
import { DataTable } from "../../ui/DataTable";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";
import { found, took } from "./found";
import { RuleDrawer } from "./RuleDrawer";
import { Verdicts } from "./Verdicts";

const SHOWN = 300;
const LEVELS = ["critical", "high", "medium", "low", "informational"];

function columns(open: (id: string) => void): ColumnDef<RuleView>[] {
  return [
    {
      header: "rule",
      accessorKey: "title",
      cell: ({ row: { original } }) => (
        <button type="button" className="link" onClick={() => open(original.id)}>
          {original.title}
        </button>
      ),
    },
    {
      header: "level",
      id: "level",
      accessorFn: (rule) => -LEVELS.indexOf(rule.level),
      cell: ({ row }) => row.original.level,
    },
    { header: "status", accessorKey: "status" },
    { header: "log source", accessorKey: "logsource" },
    {
      header: "points to",
      enableSorting: false,
      cell: ({ row: { original } }) => (
        <span className="row" style={{ gap: 4 }}>
          {original.threats.map((threat) => (
            <Tag key={threat}>{threat}</Tag>
          ))}
          {original.stage && <Tag>{said(original.stage)}</Tag>}
        </span>
      ),
    },
    { header: "techniques", id: "techniques", accessorFn: (rule) => rule.techniques.join(", ") },
    {
      header: "matches",
      accessorKey: "matches",
      meta: { num: true },
      cell: ({ row }) => count(row.original.matches),
    },
    {
      header: "evaluated",
      id: "evaluated",
      accessorFn: (rule) => rule.work.evaluations,
      meta: { num: true },
      cell: ({ row }) => count(row.original.work.evaluations),
    },
    {
      header: "time",
      id: "time",
      accessorFn: (rule) => rule.work.micros,
      meta: { num: true },
      cell: ({ row }) => took(row.original.work.micros),
    },
  ];
}

/** What is looked for. */
export function RulesPage() {
  const [url, change] = useUrl();
  const verdicts = url.tab === "verdicts";
  return (
    <div className="page">
      <div className="head">
        <h1>Rules</h1>
        <Segments
          label="what to show"
          options={[
            { id: "rules", text: "Rules" },
            { id: "verdicts", text: "What verdicts say" },
          ]}
          value={verdicts ? "verdicts" : "rules"}
          pick={(tab) => change({ tab: tab === "verdicts" ? tab : undefined })}
        />
      </div>
      {verdicts ? <Verdicts /> : <All />}
      <RuleDrawer />
    </div>
  );
}

function All() {
  const query = useRules();
  return <Loaded query={query}>{(list) => <Rules list={list} />}</Loaded>;
}

function Rules({ list }: { list: RuleList }) {
  const [url, change] = useUrl();
  // biome-ignore lint/correctness/useExhaustiveDependencies: opening a rule does not depend on the render
  const heads = useMemo(() => columns((rule) => change({ rule })), []);
  const rules = found(list.rules, url.q ?? "", url.level ?? "");
  return (
    <>
      {list.errors.length > 0 && (
        <section className="panel failure">
          <h2>{counted(list.errors.length, "rule")} could not be loaded</h2>
          <ul className="bullets">
            {list.errors.slice(0, 50).map((error) => (
              <li key={`${error.file}:${error.line}:${error.reason}`}>
                <span className="mono break">
                  {error.file}
                  {error.line ? `:${error.line}` : ""}
                </span>{" "}
                {error.reason}
                {error.hint ? `; ${error.hint}` : ""}
              </li>
            ))}
          </ul>
        </section>
      )}
      {list.unseen.length > 0 && (
        <section className="panel failure">
          <h2>{counted(list.unseen.length, "source")} that no rule can see</h2>
          <ul className="bullets">
            {list.unseen.slice(0, 50).map((one) => (
              <li key={one.source}>
                <span className="mono break">{one.source}</span>: {counted(one.events, "event")} since{" "}
                {one.first}; {one.hint}
              </li>
            ))}
          </ul>
        </section>
      )}
      {list.queries.length > 0 && (
        <section className="panel failure">
          <h2>Scheduled queries that need a look</h2>
          <ul className="bullets">
            {list.queries.slice(0, 50).map((one) => (
              <li key={`${one.rule}:${one.alarm}`}>
                {one.title}, since {one.since}: {one.sentence}
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel row end" aria-label="which rules">
        <SearchField
          label="words, technique, log source or file"
          value={url.q ?? ""}
          search={(q) => change({ q: q || undefined })}
        />
        <Choice
          label="level"
          value={url.level ?? ""}
          pick={(level) => change({ level: level || undefined })}
          options={[{ id: "", text: "any" }, ...LEVELS]}
        />
        <span className="muted small">
          {counted(list.loaded, "rule")} loaded, {count(rules.length)} shown
          {rules.length > SHOWN ? ` (the first ${SHOWN})` : ""}
        </span>
      </section>
      {rules.length === 0 ? (
        <Empty title="No rule matches">
          Clear the search, or add folders with rules under `content.rules` in the settings.
        </Empty>
      ) : (
        <section className="panel">
          <DataTable rows={rules.slice(0, SHOWN)} columns={heads} caption="rules" />
        </section>
      )}
    </>
  );
}
