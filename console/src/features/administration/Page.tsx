import { useState } from "react";
import { type Colleague, type ColleagueList, useColleagues } from "../../api/colleagues";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { counted } from "../../words/format";
import { said } from "../../words/labels";
import { Edit } from "./Edit";
import { Parts } from "./Parts";
import { SignInLink } from "./SignInLink";

type Doing = { what: "edit" | "link"; account: string } | { what: "add" };

/** Who works with Tandem: roles, functions, deputies, absences. */
export function AdministrationPage() {
  const { manages_colleagues } = useSession().capabilities;
  const query = useColleagues();
  if (!manages_colleagues)
    return (
      <div className="page">
        <Empty title="Not for this role">Administrators say here who works with Tandem.</Empty>
      </div>
    );
  return (
    <div className="page">
      <div className="head">
        <h1>Administration</h1>
        <Parts />
      </div>
      <Loaded query={query}>{(list) => <List list={list} />}</Loaded>
    </div>
  );
}

function List({ list }: { list: ColleagueList }) {
  const [url, change] = useUrl();
  const [doing, setDoing] = useState<Doing | null>(null);
  const wanted = (url.text ?? "").toLowerCase();
  const shown = list.colleagues.filter((one) =>
    [one.account, said(one.role), one.department ?? ""].some((text) => text.toLowerCase().includes(wanted)),
  );
  const account = doing && "account" in doing ? doing.account : "";
  const close = () => setDoing(null);
  return (
    <>
      <section className="panel row end spread" aria-label="which colleagues">
        <SearchField
          label="account, role or department"
          value={url.text ?? ""}
          search={(text) => change({ text: text || undefined })}
        />
        <button type="button" onClick={() => setDoing({ what: "add" })}>
          Add a colleague…
        </button>
      </section>
      <p className="muted small">
        Nobody changes their own account. Each change and each sign-in link is a row of the ledger. Open cases
        look at their duties at once.
      </p>
      {shown.length === 0 ? (
        <Empty title="Nobody here">Clear the filter to see everybody.</Empty>
      ) : (
        <section className="panel scroll" aria-label="colleagues" tabIndex={0}>
          <Table shown={shown} act={setDoing} />
        </section>
      )}
      {doing?.what === "add" && <Edit list={list} close={close} />}
      {doing?.what === "edit" && (
        <Edit list={list} one={list.colleagues.find((c) => c.account === account)} close={close} />
      )}
      {doing?.what === "link" && <SignInLink account={account} close={close} />}
    </>
  );
}

function Table({ shown, act }: { shown: Colleague[]; act: (doing: Doing) => void }) {
  return (
    <table>
      <caption>{counted(shown.length, "colleague")}</caption>
      <thead>
        <tr>
          <th scope="col">account</th>
          <th scope="col">role</th>
          <th scope="col">department</th>
          <th scope="col">functions</th>
          <th scope="col">deputies</th>
          <th scope="col">
            <span className="sr">what can be done</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((one) => (
          <One key={one.account} one={one} act={act} />
        ))}
      </tbody>
    </table>
  );
}

function One({ one, act }: { one: Colleague; act: (doing: Doing) => void }) {
  const { user } = useSession();
  const { account, managed } = one;
  const own = account.toLowerCase() === user.toLowerCase();
  const functions = managed?.settings.functions ?? [];
  return (
    <tr data-colleague={account}>
      <th scope="row" className="break">
        {account} {managed?.disabled && <Tag>disabled</Tag>} {one.away && <Tag>away</Tag>}
      </th>
      <td>{said(one.role)}</td>
      <td>{one.department ? said(one.department) : "beside both"}</td>
      <td>{functions.length > 0 ? functions.map(said).join(", ") : <span className="muted">usual</span>}</td>
      <td className="break">
        {managed?.settings.deputies.join(", ") || <span className="muted">none</span>}
      </td>
      <td>
        {own ? (
          <span className="muted small">you</span>
        ) : (
          <span className="row">
            <button
              type="button"
              aria-label={`change ${account}`}
              onClick={() => act({ what: "edit", account })}
            >
              Change…
            </button>
            {!managed?.disabled && (
              <button
                type="button"
                aria-label={`sign-in link for ${account}`}
                onClick={() => act({ what: "link", account })}
              >
                Link…
              </button>
            )}
          </span>
        )}
      </td>
    </tr>
  );
}
