import { useState } from "react";
import { own, useOwn } from "../../api/account";
import { Kept, ofKind, type Part, Refusal } from "./part";

/** Setting and removing the password. */
export function PasswordPart({ account, prove }: Part) {
  const [typed, setTyped] = useState("");
  const set = useOwn(own.password);
  const [password] = ofKind(account, "password");
  const least = ofKind(account, "totp").length > 0 ? 8 : 15;
  const length = [...typed].length;
  return (
    <section className="panel stack" aria-labelledby="own-password">
      <h2 id="own-password">Password</h2>
      {password && (
        <Kept credential={password} prove={prove} remove="Remove the password">
          <p className="muted small">Without it, the authenticator app is removed too.</p>
        </Kept>
      )}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate(typed, { onSuccess: () => setTyped("") });
        }}
      >
        <input type="text" name="account" autoComplete="username" value={account.account} readOnly hidden />
        <label className="field">
          new password, {least} characters or more
          <input
            type="password"
            name="new-password"
            autoComplete="new-password"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <p className="muted small">
          Length counts; capitals and signs need not be in it, and it does not expire. Setting one ends your
          other sessions.
        </p>
        <Refusal error={set.error} prove={prove} />
        <div className="row">
          <button type="submit" className="primary" disabled={length < least || set.isPending}>
            {password ? "Change the password" : "Set the password"}
          </button>
          <span className="muted small" role="status">
            {set.isSuccess && length === 0 ? "It is set." : ""}
            {length > 0 && length < least ? `${length} of ${least} characters` : ""}
          </span>
        </div>
      </form>
    </section>
  );
}
