import { useState } from "react";
import { type Account, useAccount } from "../../api/account";
import { Drawer } from "../../ui/Drawer";
import { Loaded } from "../../ui/states";
import { time } from "../../words/format";
import { said } from "../../words/labels";
import { SignInForm } from "../sign-in/Form";
import { Codes } from "./Codes";
import { Passkeys } from "./Passkeys";
import { PasswordPart } from "./Password";
import { Provider } from "./Provider";
import { RemindersPart } from "./Reminders";
import { Sessions } from "./Sessions";

/** One's own account: what proves who one is, and where one is signed in. */
export function AccountPage() {
  const query = useAccount();
  return (
    <div className="page">
      <h1>Account</h1>
      <Loaded query={query}>{(account) => <Parts account={account} />}</Loaded>
    </div>
  );
}

function Parts({ account }: { account: Account }) {
  const [asked, setAsked] = useState(false);
  const prove = () => setAsked(true);
  const part = { account, prove };
  return (
    <>
      <section className="panel stack" aria-label="who">
        <p>
          <b>{account.account}</b>, {said(account.role)}
          {account.department ? `, ${said(account.department)}` : ""}
        </p>
        {account.fresh_until ? (
          <p className="muted">
            You can change what proves who you are until {time(account.fresh_until)} UTC. After that you are
            asked to sign in again.
          </p>
        ) : (
          <div className="row">
            <p>Changes here need a sign-in of the last five minutes.</p>
            <button type="button" className="primary" onClick={prove}>
              Sign in again
            </button>
          </div>
        )}
      </section>
      <div className="grid">
        <PasswordPart {...part} />
        <Codes {...part} />
        <Passkeys {...part} />
        <Provider {...part} />
        <RemindersPart prove={prove} />
      </div>
      <Sessions sessions={account.sessions} />
      {asked && (
        <Drawer middle title="Prove that it is you" close={() => setAsked(false)}>
          <div className="stack">
            <SignInForm
              known={{ account: account.account, has: account.credentials.map(({ kind }) => kind) }}
              done={() => setAsked(false)}
            />
            <p className="muted">
              With nothing to prove it by, open a new one-time link; it counts for five minutes.
            </p>
          </div>
        </Drawer>
      )}
    </>
  );
}
