import { useState } from "react";
import { type Disclosure, useDisclosures, useEnd } from "../../api/disclosures";
import { Pseudonym } from "../../privacy/Pseudonym";
import { useSession } from "../../session/session";
import { Tag } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Failure, Loaded } from "../../ui/states";
import { CASE_TEXT } from "../../words/casework";
import { time } from "../../words/format";
import { said } from "../../words/labels";
import { AskDisclosure } from "./AskDisclosure";
import { asksFor, discloses, fieldWords, ordered } from "./disclosing";
import { Identity } from "./Identity";
import styles from "./Room.module.css";
import { useRoom } from "./room";

/** Who stands behind the pseudonyms of this case: what was asked, who said yes, and the look itself. */
export function Disclosures() {
  const { of, id, mine } = useRoom();
  const { role } = useSession();
  const [asking, setAsking] = useState(false);
  const query = useDisclosures(id);
  const works = discloses(mine, role);
  return (
    <section className="panel stack" aria-label="disclosures">
      <div className="head">
        <h2>Disclosures</h2>
        {works && of.subjects.length > 0 && (
          <button type="button" onClick={() => setAsking(true)}>
            Ask who it is…
          </button>
        )}
      </div>
      <p className="muted small">{CASE_TEXT.disclosureRule}</p>
      {of.subjects.length === 0 && <p className="muted">{CASE_TEXT.nobodyToDisclose}</p>}
      <Loaded query={query}>
        {({ disclosures }) => (
          <>
            {disclosures.length === 0 && of.subjects.length > 0 && (
              <p className="muted">{CASE_TEXT.noDisclosures}</p>
            )}
            {ordered(disclosures).map((one) => (
              <One key={one.id} one={one} works={works} />
            ))}
          </>
        )}
      </Loaded>
      {asking && <AskDisclosure close={() => setAsking(false)} />}
    </section>
  );
}

function One({ one, works }: { one: Disclosure; works: boolean }) {
  const [ending, setEnding] = useState(false);
  const granted = one.status === "granted";
  return (
    <article className={styles.proposal} aria-label={`disclosure ${one.id}`} data-disclosure={one.id}>
      <div className="head">
        <h3>
          {fieldWords(one.fields)} of <Pseudonym id={one.subject} forCase={one.case} />
        </h3>
        <span data-status={one.status}>
          <Tag>{said(one.status)}</Tag>
        </span>
      </div>
      <p className={styles.prose}>{one.reason}</p>
      <p className="muted small break">
        {one.id}, for {said(one.purpose)}, asked by {one.requested_by}, {time(one.at)}
        {one.status === "waiting" && `; for ${asksFor(one)}; lapses ${time(one.lapses)} if not answered`}
        {granted && `; ends ${time(one.expires)}`}
      </p>
      <ul className="plain small">
        {one.approvals.map((answer) => (
          <li key={answer.account} className="break">
            <b>✓ yes</b> {answer.account} ({said(answer.department ?? "")}), {time(answer.at)}:{" "}
            {answer.reason}
          </li>
        ))}
        {one.denied && (
          <li className="break">
            <b>✗ no</b> {one.denied.account} ({said(one.denied.department ?? "")}), {time(one.denied.at)}:{" "}
            {one.denied.reason}
          </li>
        )}
        {one.status === "waiting" && (
          <li className="muted">
            waits for {one.approvals.length === 0 ? "both departments" : "the other department"}
          </li>
        )}
      </ul>
      {granted && works && (
        <>
          <Identity one={one} />
          <div className="row">
            <button type="button" onClick={() => setEnding(true)}>
              End now…
            </button>
          </div>
        </>
      )}
      {ending && <Ending one={one} close={() => setEnding(false)} />}
    </article>
  );
}

function Ending({ one, close }: { one: Disclosure; close: () => void }) {
  const end = useEnd();
  return (
    <Drawer middle title="End the disclosure" close={close}>
      <p>Nobody can look any more. To look again, somebody has to ask anew.</p>
      {end.error && <Failure error={end.error} />}
      <div className="row">
        <button
          type="button"
          className="primary"
          disabled={end.isPending}
          onClick={() => end.mutate(one.id, { onSuccess: close })}
        >
          End now
        </button>
      </div>
    </Drawer>
  );
}
