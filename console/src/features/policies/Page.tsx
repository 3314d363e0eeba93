import { usePolicies } from "../../api/policies";
import { useSession } from "../../session/session";
import { Segments } from "../../ui/bits";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { Parts } from "../administration/Parts";
import { FileDrawer, Files } from "./Files";
import { Table } from "./Table";

const TABS = [
  { id: "table", text: "Who may do what" },
  { id: "files", text: "The policies" },
  { id: "always", text: "What always holds" },
];

/** The policies in force, for whoever answers for them: what they say, what that means, what no edit can change. */
export function PoliciesPage() {
  const { sees_policies } = useSession().capabilities;
  if (!sees_policies)
    return (
      <div className="page">
        <Empty title="Not for this role">
          Administrators, auditors and the works council read the policies here.
        </Empty>
      </div>
    );
  return <Policies />;
}

function Policies() {
  const [url, change] = useUrl();
  const query = usePolicies(true);
  const tab = TABS.some(({ id }) => id === url.tab) ? (url.tab ?? "") : "table";
  return (
    <div className="page">
      <div className="head">
        <h1>Policies</h1>
        <Parts />
      </div>
      <p className="muted small">
        Every request is answered by these policies; what none of them allows is denied. They are read here
        and edited in files, never on this page.
      </p>
      <Segments
        label="what to show"
        options={TABS}
        value={tab}
        pick={(id) => change({ tab: id === "table" ? undefined : id })}
      />
      {tab === "table" && <Table />}
      {tab === "files" && <Loaded query={query}>{(set) => <Files set={set} />}</Loaded>}
      {tab === "always" && (
        <Loaded query={query}>
          {(set) => (
            <section className="panel stack" aria-label="what always holds">
              <p>
                Tandem does not start with a set of policies that would allow any of this; it names the
                invariant, the file and the line. Every situation that policies can tell apart is tried, and
                each single decision is held against the same list again.
              </p>
              <ul className="bullets">
                {set.invariants.map(({ name, holds }) => (
                  <li key={name}>
                    {holds} <span className="mono muted small break">{name}</span>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </Loaded>
      )}
      {query.data && <FileDrawer set={query.data} />}
    </div>
  );
}
