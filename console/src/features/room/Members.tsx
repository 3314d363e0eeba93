import { useState } from "react";
import type { CaseRole, Department, Member } from "../../api/cases";
import { Choice } from "../../ui/bits";
import { CASE_TEXT, DEPARTMENTS, ROLES } from "../../words/casework";
import { instant, time } from "../../words/format";
import { said } from "../../words/labels";
import { Ask } from "./Ask";
import { people } from "./commands";
import { PickColleague } from "./Picking";
import styles from "./Room.module.css";
import { useRoom } from "./room";

type Asking = { what: "add" | "leave" } | { what: "change" | "remove" | "conflict"; account: string };

/** Who works on the case, both departments side by side. */
export function Members() {
  const { of, mine, account } = useRoom();
  const [asking, setAsking] = useState<Asking | null>(null);
  const members = Object.entries(of.members);
  const side = (department: Department | null) => members.filter(([, m]) => m.department === department);
  const manages = mine.manages && mine.goesOn;
  const beside = side(null);
  const close = () => setAsking(null);
  const column = (title: string, list: [string, Member][]) => (
    <section aria-label={title} className="stack" style={{ gap: 6 }}>
      <h3>{title}</h3>
      {list.length === 0 && <p className="muted small">Nobody yet.</p>}
      <ul className="plain stack" style={{ gap: 8 }}>
        {list.map(([name, member]) => (
          <li key={name} data-member={name} className="break">
            <b>{name}</b> {name === account && <span className="muted small">(you)</span>}
            <div className="muted small" title={`since ${time(instant(member.since))}`}>
              {said(member.role)}
            </div>
            {manages && (
              <div className="row small" style={{ gap: 8 }}>
                <button
                  type="button"
                  className="link"
                  aria-label={`change the role of ${name}`}
                  onClick={() => setAsking({ what: "change", account: name })}
                >
                  Role…
                </button>
                {name !== account && (
                  <button
                    type="button"
                    className="link"
                    aria-label={`take ${name} off the case`}
                    onClick={() => setAsking({ what: "remove", account: name })}
                  >
                    Take off…
                  </button>
                )}
                {name !== account && (
                  <button
                    type="button"
                    className="link"
                    aria-label={`declare a conflict of interest of ${name}`}
                    onClick={() => setAsking({ what: "conflict", account: name })}
                  >
                    Conflict…
                  </button>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
  return (
    <section className="panel stack" aria-label="members">
      <div className="head">
        <h2>Members</h2>
        <span className="row small">
          {manages && (
            <button type="button" onClick={() => setAsking({ what: "add" })}>
              Add…
            </button>
          )}
          {of.members[account] && mine.goesOn && (
            <>
              <button type="button" onClick={() => setAsking({ what: "leave" })}>
                Leave…
              </button>
              <button type="button" onClick={() => setAsking({ what: "conflict", account })}>
                Conflict…
              </button>
            </>
          )}
        </span>
      </div>
      <div className={styles.sides}>
        {column(DEPARTMENTS.it ?? "", side("it"))}
        {column(DEPARTMENTS.corporate ?? "", side("corporate"))}
      </div>
      {beside.length > 0 && column("Beside both", beside)}
      {asking?.what === "add" && <Add close={close} />}
      {asking?.what === "change" && <Change account={asking.account} close={close} />}
      {asking?.what === "remove" && (
        <Ask
          title={`Take ${asking.account} off the case`}
          action="Take off"
          close={close}
          command={(reason) => people.remove(asking.account, reason)}
        >
          <p>Their open duties go to others, and they no longer see the case.</p>
        </Ask>
      )}
      {asking?.what === "conflict" && (
        <Ask
          title={`Declare a conflict of interest${asking.account === account ? "" : ` of ${asking.account}`}`}
          action="Declare"
          close={close}
          command={(reason) => people.declareInvolved(asking.account, reason)}
        >
          <p>{CASE_TEXT.conflictRule}</p>
        </Ask>
      )}
      {asking?.what === "leave" && (
        <Ask title="Leave the case" action="Leave" close={close} command={people.leave}>
          <p>Your open duties go to others, and you no longer see the case.</p>
        </Ask>
      )}
    </section>
  );
}

function RoleChoice({ role, pick }: { role: CaseRole; pick: (role: CaseRole) => void }) {
  return (
    <Choice
      label="role"
      value={role}
      pick={(id) => pick(id as CaseRole)}
      options={ROLES.map(({ id, means }) => ({ id, text: `${said(id)}: ${means}` }))}
    />
  );
}

function Add({ close }: { close: () => void }) {
  const { of } = useRoom();
  const [account, setAccount] = useState("");
  const [role, setRole] = useState<CaseRole>("contributor");
  // Who was offered a duty is who is likely to be asked in.
  const likely = Object.values(of.duties).flatMap((duty) => duty.holder ?? []);
  return (
    <Ask
      title="Add a member"
      action="Add"
      close={close}
      command={(reason) => people.add(account, role, reason)}
      missing={account.trim() === "" ? "Pick a colleague first." : ""}
    >
      <PickColleague
        label="account"
        value={account}
        pick={setAccount}
        likely={likely}
        without={Object.keys(of.members)}
      />
      <RoleChoice role={role} pick={setRole} />
    </Ask>
  );
}

function Change({ account, close }: { account: string; close: () => void }) {
  const { of } = useRoom();
  const now = of.members[account]?.role ?? "contributor";
  const [role, setRole] = useState<CaseRole>(now);
  return (
    <Ask
      title={`Change the role of ${account}`}
      action="Change"
      close={close}
      command={(reason) => people.changeRole(account, role, reason)}
      missing={role === now ? "Pick another role first." : ""}
    >
      <RoleChoice role={role} pick={setRole} />
    </Ask>
  );
}
