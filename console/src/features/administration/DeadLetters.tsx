import { type DeadLetter, useOutbox, useReplay } from "../../api/connectors";
import { useSession } from "../../session/session";
import { Failure, Loaded } from "../../ui/states";
import { count, counted, time } from "../../words/format";
import { jobWords, plainFailure, replayable } from "./connecting";

type Replay = ReturnType<typeof useReplay>;

/** What was given up, why, and what can be done. */
export function DeadLetters() {
  const query = useOutbox();
  const replay = useReplay();
  return (
    <section className="panel stack" aria-label="dead letters">
      <h2>Dead letters</h2>
      <p className="muted small">
        Messages that were given up. None is shown here, neither its text nor who it was for: what it told of
        is in Tandem.
      </p>
      <Loaded query={query}>
        {({ dead }) => (dead.length === 0 ? <p>None.</p> : <Letters dead={dead} replay={replay} />)}
      </Loaded>
      <p className="small" role="status">
        {replay.isPending && "Asking…"}
        {replay.data &&
          (replay.data.replayed === 0
            ? "Nothing is sent again: it may have gone out already."
            : `${counted(replay.data.replayed, "message")} will be sent again.`)}
      </p>
      {replay.error && <Failure error={replay.error} />}
    </section>
  );
}

function Letters({ dead, replay }: { dead: DeadLetter[]; replay: Replay }) {
  const { manages_connectors } = useSession().capabilities;
  const again = dead.filter(replayable);
  return (
    <>
      {manages_connectors && again.length > 1 && (
        <div className="row">
          <button
            type="button"
            disabled={replay.isPending}
            onClick={() => replay.mutate(again.map(({ id }) => id))}
          >
            Send {again.length === dead.length ? "all" : "those that can be"} again ({count(again.length)})
          </button>
        </div>
      )}
      <section className="scroll" aria-label="messages that were given up" tabIndex={0}>
        <table>
          <caption>{counted(dead.length, "message")}, newest first</caption>
          <thead>
            <tr>
              <th scope="col">given up</th>
              <th scope="col">connector</th>
              <th scope="col">what</th>
              <th scope="col">why</th>
              <th scope="col">next step</th>
              <th scope="col">
                <span className="sr">what can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {dead.map((letter) => (
              <tr key={letter.id} data-letter={letter.id}>
                <td>
                  <span className="nowrap">{time(letter.given_up ?? letter.created)}</span>
                  <div className="muted small">
                    {letter.given_up === null ? "written then" : `written ${time(letter.created)}`},{" "}
                    {counted(letter.attempts, "failed attempt")}
                  </div>
                </td>
                <th scope="row" className="break">
                  {letter.connector}
                </th>
                <td>{jobWords(letter.job)}</td>
                <td className="break">{plainFailure(letter.error) || "–"}</td>
                <td className="wide">{letter.next}</td>
                <td>
                  {manages_connectors && replayable(letter) && (
                    <button
                      type="button"
                      aria-label={`send message ${letter.id} again`}
                      disabled={replay.isPending}
                      onClick={() => replay.mutate([letter.id])}
                    >
                      Replay
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
