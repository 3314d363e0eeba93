import type { SubjectCard } from "../api/types";
import { Tag } from "../ui/bits";
import { count, tenure } from "../words/format";
import { impactWords, said } from "../words/labels";
import styles from "./SubjectFacts.module.css";

/** What is known about a subject without saying who it is. */
export function SubjectFacts({ subject }: { subject: SubjectCard }) {
  const facts: [string, string][] = [
    ["kind", said(subject.kind)],
    ["role", subject.role || "not known"],
    ["department", subject.department || "not known"],
    ["site", subject.site || "not known"],
    ["here for", typeof subject.tenure_days === "number" ? tenure(subject.tenure_days) : "not known"],
    ["peers", count(subject.peers)],
    ["impact", impactWords(subject.impact)],
  ];
  return (
    <div className="stack">
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {(subject.settling_in || subject.absent || subject.leaving_on) && (
        <div className="row">
          {subject.settling_in && <Tag>settling into a new role</Tag>}
          {subject.absent && <Tag>absent</Tag>}
          {subject.leaving_on && <Tag human>leaving on {subject.leaving_on}</Tag>}
        </div>
      )}
    </div>
  );
}
