import type { ReactNode } from "react";
import { type Account, type Credential, own, useOwn } from "../../api/account";
import { time } from "../../words/format";
import { wantsProof } from "../sign-in/steps";
import { Trouble } from "../sign-in/Trouble";

/** What each part of the page is given. */
export interface Part {
  account: Account;
  /** Asks for a fresh proof. */
  prove: () => void;
}

/** A refusal, or the way to the proof that is missing. */
export function Refusal({ error, prove }: { error: unknown; prove: () => void }) {
  if (!wantsProof(error)) return <Trouble error={error} />;
  return (
    <div className="row" role="alert">
      <p>This needs a sign-in of the last five minutes.</p>
      <button type="button" onClick={prove}>
        Sign in again
      </button>
    </div>
  );
}

/** One credential with its dates and the way to remove it. */
export function Kept({
  credential,
  prove,
  remove,
  children,
}: {
  credential: Credential;
  prove: () => void;
  remove: string;
  children?: ReactNode;
}) {
  const drop = useOwn(own.drop);
  return (
    <div className="stack">
      <div className="row spread">
        <p>
          <b>{credential.name}</b>{" "}
          <span className="muted small">
            since {time(credential.created)}, last used {time(credential.last_used)} UTC
          </span>
        </p>
        <button type="button" disabled={drop.isPending} onClick={() => drop.mutate(credential.id)}>
          {remove}
        </button>
      </div>
      {children}
      <Refusal error={drop.error} prove={prove} />
    </div>
  );
}

/** The credentials of a kind. */
export function ofKind(account: Account, kind: Credential["kind"]): Credential[] {
  return account.credentials.filter((credential) => credential.kind === kind);
}
