import { useState } from "react";
import { own, useOwn } from "../../api/account";
import { hasPasskeys, makePasskey } from "../sign-in/passkey";
import { Kept, ofKind, type Part, Refusal } from "./part";

/** Passkeys: adding one of this device, removing lost ones. */
export function Passkeys({ account, prove }: Part) {
  const [name, setName] = useState("");
  const add = useOwn(async (called: string) => {
    const { ceremony, options } = await own.beginPasskey();
    await own.addPasskey(ceremony, called, await makePasskey(options));
  });
  const off = account.ways.passkey
    ? hasPasskeys()
      ? null
      : "This browser cannot use passkeys."
    : account.ways.passkey_off;
  return (
    <section className="panel stack" aria-labelledby="own-passkeys">
      <h2 id="own-passkeys">Passkeys</h2>
      {ofKind(account, "passkey").map((passkey) => (
        <Kept key={passkey.id} credential={passkey} prove={prove} remove="Remove" />
      ))}
      {off ? (
        <p className="muted">{off}</p>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate(name, { onSuccess: () => setName("") });
          }}
        >
          <label className="field">
            name of this device
            <input
              maxLength={60}
              placeholder="work laptop"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </label>
          <Refusal error={add.error} prove={prove} />
          <div className="row">
            <button type="submit" className="primary" disabled={name.trim() === "" || add.isPending}>
              {add.isPending ? "Waiting for your device…" : "Add a passkey"}
            </button>
          </div>
        </form>
      )}
    </section>
  );
}
