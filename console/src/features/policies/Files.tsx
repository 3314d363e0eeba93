import { useEffect, useRef } from "react";
import type { Policy, PolicyFile, PolicySet } from "../../api/policies";
import { Tag } from "../../ui/bits";
import { Diff } from "../../ui/Diff";
import { Drawer } from "../../ui/Drawer";
import { Empty } from "../../ui/states";
import { useUrl } from "../../url";
import { counted } from "../../words/format";
import styles from "./Policies.module.css";
import { lines, opened, stateWords } from "./reading";

/** The files in force with every policy's sentence. */
export function Files({ set }: { set: PolicySet }) {
  return (
    <>
      <Where set={set} />
      {set.files.length === 0 ? (
        <Empty title="No policies">The folder holds no policy, so nobody may do anything.</Empty>
      ) : (
        set.files.map((file) => <File key={file.name} file={file} />)
      )}
    </>
  );
}

/** Where the files are, and how they are edited. */
function Where({ set }: { set: PolicySet }) {
  return (
    <section className="panel stack" aria-label="where they are">
      {set.folder === null ? (
        <p>
          These policies came with the program. To have others, copy <code>content/policies</code> of this
          version into a folder and name it as <code>{set.setting}</code> in the settings.
        </p>
      ) : (
        <p>
          Read from <code className="break">{set.folder}</code>, which <code>{set.setting}</code> in the
          settings names. They take the place of the shipped ones.
        </p>
      )}
      <p>
        A change counts from the next start. <code>tandem config check</code> and the start refuse a set that
        breaks what always holds, with file, line and reason. <code>docs/policies.md</code> says how a policy
        is written.
      </p>
      {set.left_out.length > 0 && (
        <p>
          <b>Shipped files that this set does without:</b> {set.left_out.join(", ")}. What only they allow is
          denied; what they forbid is not forbidden.
        </p>
      )}
      {set.accounts.length > 0 && (
        <p>
          <b>Accounts that a policy names:</b> {set.accounts.join(", ")}. For these, more or less may be
          allowed than the table says of their role.
        </p>
      )}
    </section>
  );
}

function File({ file }: { file: PolicyFile }) {
  const [, change] = useUrl();
  return (
    <section className="panel stack" aria-label={file.name} data-file={file.name}>
      <div className="head">
        <h2 className="break">
          {file.name} <Tag>{stateWords(file.state)}</Tag>
        </h2>
        <button
          type="button"
          aria-label={`read ${file.name}`}
          onClick={() => change({ file: file.name, policy: undefined })}
        >
          Read the file
        </button>
      </div>
      {file.diff !== null && (
        <details>
          <summary>What differs from the shipped file</summary>
          <Diff text={file.diff} />
        </details>
      )}
      {file.policies.length === 0 ? (
        <p className="muted">There is no policy in it.</p>
      ) : (
        <section className="scroll" aria-label={`policies of ${file.name}`} tabIndex={0}>
          <table>
            <caption className="sr">{counted(file.policies.length, "policy", "policies")}</caption>
            <thead>
              <tr>
                <th scope="col">what it says</th>
                <th scope="col">does</th>
                <th scope="col">policy</th>
              </tr>
            </thead>
            <tbody>
              {file.policies.map((policy) => (
                <tr key={policy.id} data-policy={policy.id}>
                  <td className="wide">{policy.why}</td>
                  <td>{policy.allows ? "allows" : "forbids"}</td>
                  <td>
                    <button
                      type="button"
                      className="link"
                      onClick={() => change({ policy: policy.id, file: undefined })}
                    >
                      {policy.id}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}

/** The file that the address names, or that of the policy it names. */
export function FileDrawer({ set }: { set: PolicySet }) {
  const [url, change] = useUrl();
  const found = opened(set, url);
  if (!found) return null;
  const { file, policy } = found;
  return (
    <Drawer title={file.name} close={() => change({ file: undefined, policy: undefined })}>
      {policy && (
        <p>
          <b>{policy.id}</b>, lines {policy.line} to {policy.last}: {policy.why}
        </p>
      )}
      <p className="muted small">
        {stateWords(file.state)}; {counted(file.policies.length, "policy", "policies")}. It is only read here.
      </p>
      <Text key={policy?.id ?? ""} text={file.text} policy={policy} />
    </Drawer>
  );
}

function Text({ text, policy }: { text: string; policy: Policy | undefined }) {
  const here = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    // In a block: newer browsers give a promise back, which React would take for the effect's end.
    here.current?.scrollIntoView({ block: "center" });
  }, []);
  const inside = (line: number) => policy !== undefined && policy.line <= line && line <= policy.last;
  return (
    <pre className={styles.text} tabIndex={0}>
      {lines(text).map((line, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
          key={at}
          ref={policy?.line === at + 1 ? here : undefined}
          className={inside(at + 1) ? `${styles.line} ${styles.here}` : styles.line}
          data-line={at + 1}
        >
          <i>{at + 1}</i>
          <span>{line === "" ? " " : line}</span>
        </span>
      ))}
    </pre>
  );
}
