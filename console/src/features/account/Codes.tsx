import { useState } from "react";
import { type Enrolment, own, useOwn } from "../../api/account";
import { counted } from "../../words/format";
import { isAppCode } from "../sign-in/steps";
import { Kept, ofKind, type Part, Refusal } from "./part";

/** One-time codes of an authenticator app, and recovery codes for the day it is lost. */
export function Codes({ account, prove }: Part) {
  const [shown, setShown] = useState<string[] | null>(null);
  const begin = useOwn(own.beginCodes);
  const renew = useOwn(own.recovery);
  const [app] = ofKind(account, "totp");
  const [recovery] = ofKind(account, "recovery");
  const hasPassword = ofKind(account, "password").length > 0;
  return (
    <section className="panel stack" aria-labelledby="own-codes">
      <h2 id="own-codes">One-time codes</h2>
      {app && <Kept credential={app} prove={prove} remove="Remove the app" />}
      {app && (
        <div className="row">
          <p>{counted(recovery?.left ?? 0, "recovery code")} left.</p>
          <button
            type="button"
            disabled={renew.isPending}
            onClick={() => renew.mutate(undefined, { onSuccess: ({ codes }) => setShown(codes) })}
          >
            Make ten new ones
          </button>
        </div>
      )}
      <Refusal error={renew.error} prove={prove} />
      {shown && <Shown codes={shown} close={() => setShown(null)} />}
      {!begin.data && (
        <div className="row">
          <button
            type="button"
            disabled={!hasPassword || begin.isPending}
            onClick={() => begin.mutate(undefined)}
          >
            {app ? "Set up another app in its place" : "Set up an authenticator app"}
          </button>
          {!hasPassword && <span className="muted small">Set a password first; codes go with it.</span>}
        </div>
      )}
      <Refusal error={begin.error} prove={prove} />
      {begin.data && (
        <Confirm
          enrolment={begin.data}
          prove={prove}
          close={begin.reset}
          done={(codes) => {
            begin.reset();
            setShown(codes);
          }}
        />
      )}
    </section>
  );
}

function Confirm({
  enrolment,
  prove,
  close,
  done,
}: {
  enrolment: Enrolment;
  prove: () => void;
  close: () => void;
  done: (codes: string[]) => void;
}) {
  const [code, setCode] = useState("");
  const confirm = useOwn((typed: string) => own.confirmCodes(enrolment.ceremony, typed));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(code, { onSuccess: ({ codes }) => done(codes) });
      }}
    >
      <p>Scan this with the app, then type the six digits that it shows.</p>
      {/* As an image: the page's policy lets no text become markup. */}
      <img
        width={240}
        height={240}
        alt="QR code for an authenticator app; the secret is written below it"
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.svg)}`}
      />
      <p className="small">
        Or type this secret into the app: <code className="break">{enrolment.secret}</code>
      </p>
      <label className="field">
        six digits
        <input
          inputMode="numeric"
          autoComplete="one-time-code"
          maxLength={10}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <Refusal error={confirm.error} prove={prove} />
      <div className="row">
        <button type="submit" className="primary" disabled={!isAppCode(code) || confirm.isPending}>
          Use this app
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function Shown({ codes, close }: { codes: string[]; close: () => void }) {
  return (
    <div className="stack" role="status">
      <p>
        <b>Write these recovery codes down now.</b> They are shown this once; each signs you in once when the
        app is lost.
      </p>
      <pre>{codes.join("\n")}</pre>
      <div className="row">
        <button type="button" onClick={close}>
          I have them
        </button>
      </div>
    </div>
  );
}
