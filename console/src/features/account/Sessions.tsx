import { type OwnSession, own, useOwn } from "../../api/account";
import { time } from "../../words/format";
import { Trouble } from "../sign-in/Trouble";

const WAYS: Record<string, string> = {
  link: "one-time link",
  password: "password",
  code: "password and code",
  recovery: "password and recovery code",
  passkey: "passkey",
  provider: "identity provider",
};

/** Where one is signed in. */
export function Sessions({ sessions }: { sessions: OwnSession[] }) {
  const end = useOwn(own.endSession);
  return (
    <section className="panel stack" aria-labelledby="own-sessions">
      <h2 id="own-sessions">Where you are signed in</h2>
      <div className="scroll">
        <table>
          <caption className="sr">sessions</caption>
          <thead>
            <tr>
              <th scope="col">by</th>
              <th scope="col">since (UTC)</th>
              <th scope="col">last seen (UTC)</th>
              <th scope="col">
                <span className="sr">end it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <td>{WAYS[session.way] ?? session.way}</td>
                <td className="nowrap">{time(session.began)}</td>
                <td className="nowrap">{time(session.last_seen)}</td>
                <td>
                  {session.current ? (
                    "this one"
                  ) : (
                    <button type="button" disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                      End it
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Trouble error={end.error} />
    </section>
  );
}
