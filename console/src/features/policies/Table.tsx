import { type Matrix, type MatrixRow, useMatrix, type Word } from "../../api/policies";
import { Choice } from "../../ui/bits";
import { Pages } from "../../ui/Pages";
import { Empty, Loaded } from "../../ui/states";
import { type Search, useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";
import styles from "./Policies.module.css";
import { asked, grantWords, isFiltered, pageOf, SIZE } from "./reading";

/** Who may do what, as the policies in force answer it. */
export function Table() {
  const [url] = useUrl();
  const query = useMatrix(asked(url));
  return (
    <Loaded query={query}>
      {(view) => (
        <>
          <Filters view={view} />
          {view.rows.length === 0 ? (
            <Empty title="Nobody may">
              No policy allows this to anybody in any situation, so it is denied. Clear a filter to see more.
            </Empty>
          ) : (
            <Rows view={view} />
          )}
        </>
      )}
    </Loaded>
  );
}

const FILTERS: {
  name: "role" | "purpose" | "act" | "class";
  label: string;
  of: (view: Matrix) => Word[];
}[] = [
  { name: "role", label: "role", of: (view) => view.roles },
  { name: "purpose", label: "purpose", of: (view) => view.purposes },
  { name: "act", label: "action", of: (view) => view.actions },
  { name: "class", label: "class of data", of: (view) => view.classes },
];
const NONE: Search = { role: undefined, purpose: undefined, act: undefined, class: undefined };

function Filters({ view }: { view: Matrix }) {
  const [url, change] = useUrl();
  return (
    <section className="panel row end" aria-label="which rows">
      {FILTERS.map(({ name, label, of }) => (
        <Choice
          key={name}
          label={label}
          value={url[name] ?? ""}
          pick={(id) => change({ [name]: id || undefined, page: undefined })}
          options={[{ id: "", text: "any" }, ...of(view).map(({ id, means }) => ({ id, text: means }))]}
        />
      ))}
      {isFiltered(url) && (
        <button type="button" onClick={() => change({ ...NONE, page: undefined })}>
          Clear
        </button>
      )}
    </section>
  );
}

function Rows({ view }: { view: Matrix }) {
  const [url, change] = useUrl();
  const page = pageOf(url, view.rows.length);
  const shown = view.rows.slice(page * SIZE, (page + 1) * SIZE);
  return (
    <section className="panel stack">
      <section className="scroll" aria-label="who may do what" tabIndex={0}>
        <table>
          <caption>
            {counted(view.rows.length, "row")} of {count(view.of)}; what no row says is denied
          </caption>
          <thead>
            <tr>
              <th scope="col">who</th>
              <th scope="col">may</th>
              <th scope="col">when</th>
              <th scope="col">by which policy</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row
                key={[row.role, row.department, row.class, row.note, row.action].join("/")}
                row={row}
                view={view}
              />
            ))}
          </tbody>
        </table>
      </section>
      <Pages
        page={page}
        size={SIZE}
        total={view.rows.length}
        go={(to) => change({ page: to === 0 ? undefined : String(to) })}
      />
      <p className="muted small">
        Tried in {counted(view.situations.length, "situation")}:{" "}
        {view.situations.map(({ means }) => means).join("; ")}. Where a class of data is about no subject,
        situations make no difference.
      </p>
    </section>
  );
}

function Row({ row, view }: { row: MatrixRow; view: Matrix }) {
  const [, change] = useUrl();
  const who = view.roles.find(({ id }) => id === row.role)?.means ?? said(row.role);
  return (
    <tr data-cell={`${row.role}/${row.class}/${row.action}`}>
      <th scope="row">
        {who}
        {row.role === "approver" && row.department && (
          <div className="muted small">of {said(row.department)}</div>
        )}
      </th>
      <td>
        {row.does}
        {row.note && <div className="muted small">note for: {row.note}</div>}
      </td>
      <td className={styles.whens}>
        {row.grants.map((grant) => (
          <div key={grant.purposes.join()}>{grantWords(grant, view)}</div>
        ))}
      </td>
      <td>
        {row.policies.map((policy) => (
          <div key={policy}>
            <button type="button" className="link" onClick={() => change({ policy, file: undefined })}>
              {policy}
            </button>
          </div>
        ))}
      </td>
    </tr>
  );
}
