import { PROVIDER } from "../../api/account";
import { Kept, ofKind, type Part } from "./part";

/** The company's identity provider, where there is one. */
export function Provider({ account, prove }: Part) {
  const known = ofKind(account, "provider");
  if (!account.ways.provider && known.length === 0) return null;
  return (
    <section className="panel stack" aria-labelledby="own-provider">
      <h2 id="own-provider">{account.ways.company}</h2>
      {known.map((one) => (
        <Kept key={one.id} credential={one} prove={prove} remove="Part from it" />
      ))}
      {known.length === 0 && (
        <>
          <p className="muted">
            Your account is not joined with the identity provider. Its groups decide your role then.
          </p>
          <div className="row">
            {account.fresh_until ? (
              <a className="button" href={PROVIDER}>
                Join it
              </a>
            ) : (
              <button type="button" onClick={prove}>
                Join it
              </button>
            )}
          </div>
        </>
      )}
    </section>
  );
}
