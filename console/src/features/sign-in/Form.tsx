import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { PROVIDER, signIn, useWays, type Ways } from "../../api/account";
import { Loaded } from "../../ui/states";
import { hasPasskeys, showPasskey } from "./passkey";
import { after, BEGIN, codeMissing, type Known, type Stage, shownWays } from "./steps";
import { Trouble } from "./Trouble";

/** Every way in that is offered; for somebody `known`, those that they have. */
export function SignInForm({ known, done }: { known?: Known; done?: () => void }) {
  const ways = useWays();
  return <Loaded query={ways}>{(offered) => <Offered ways={offered} known={known} done={done} />}</Loaded>;
}

interface Offer {
  ways: Ways;
  known: Known | undefined;
  done: (() => void) | undefined;
}

function Offered({ ways, known, done }: Offer) {
  const [stage, setStage] = useState<Stage>(BEGIN);
  const client = useQueryClient();
  const arrived = async (next: Stage) => {
    setStage(next);
    if (next.at !== "done") return;
    // The session and its token are new: everything is read again.
    await client.invalidateQueries();
    done?.();
  };
  if (stage.at === "code") {
    return <CodeStep ceremony={stage.ceremony} arrived={arrived} back={() => setStage(BEGIN)} />;
  }
  const shown = shownWays(ways, hasPasskeys(), known);
  return (
    <div className="stack">
      {shown.password && <PasswordStep account={known?.account} arrived={arrived} />}
      {shown.passkey && <PasskeyStep arrived={arrived} />}
      {shown.provider && (
        <a className="button" href={PROVIDER}>
          Sign in with {ways.company}
        </a>
      )}
    </div>
  );
}

type Arrived = (stage: Stage) => Promise<void>;

function PasswordStep({ account, arrived }: { account: string | undefined; arrived: Arrived }) {
  const [name, setName] = useState(account ?? "");
  const [password, setPassword] = useState("");
  const sent = useMutation({
    mutationFn: () => signIn.password(name.trim(), password),
    onSuccess: (step) => arrived(after(step)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    sent.mutate();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <label className="field">
        account
        <input
          name="account"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={128}
          required
          readOnly={account !== undefined}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label className="field">
        password
        <input
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </label>
      <Trouble error={sent.error} />
      <button type="submit" className="primary" disabled={sent.isPending}>
        {sent.isPending ? "Checking…" : "Sign in"}
      </button>
    </form>
  );
}

/** The step before had the focus; without this the keyboard would be lost. */
function focused(input: HTMLInputElement | null) {
  input?.focus();
}

function CodeStep({ ceremony, arrived, back }: { ceremony: string; arrived: Arrived; back: () => void }) {
  const [code, setCode] = useState("");
  const sent = useMutation({
    mutationFn: () => signIn.code(ceremony, code),
    onSuccess: (step) => arrived(after(step)),
  });
  const missing = codeMissing(code);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === "") sent.mutate();
      }}
    >
      <label className="field">
        code from your authenticator app, or a recovery code
        <input
          name="code"
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          ref={focused}
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </label>
      <Trouble error={sent.error} />
      <div className="row">
        <button type="submit" className="primary" disabled={missing !== "" || sent.isPending}>
          Sign in
        </button>
        <button type="button" onClick={back}>
          Back to the password
        </button>
      </div>
      <p className="muted small" role="status">
        {missing}
      </p>
    </form>
  );
}

function PasskeyStep({ arrived }: { arrived: Arrived }) {
  const shown = useMutation({
    mutationFn: async () => {
      const { ceremony, options } = await signIn.beginPasskey();
      return signIn.finishPasskey(ceremony, await showPasskey(options));
    },
    onSuccess: (step) => arrived(after(step)),
  });
  return (
    <div className="stack">
      <button type="button" disabled={shown.isPending} onClick={() => shown.mutate()}>
        {shown.isPending ? "Waiting for your device…" : "Sign in with a passkey"}
      </button>
      <Trouble error={shown.error} />
    </div>
  );
}
