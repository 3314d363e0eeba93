import { useRule } from "../../api/queries";
import { Pairs } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count } from "../../words/format";
import { said } from "../../words/labels";
import { took } from "./found";
import { Learning } from "./Verdicts";

/** The rule that the address names, with its text. */
export function RuleDrawer() {
  const [{ rule }, change] = useUrl();
  return rule ? <Shown id={rule} close={() => change({ rule: undefined })} /> : null;
}

function Shown({ id, close }: { id: string; close: () => void }) {
  const query = useRule(id);
  return (
    <Drawer title={query.data?.title ?? "Rule"} close={close}>
      <Loaded query={query}>
        {(rule) => (
          <>
            <p>{rule.description}</p>
            <Pairs
              caption="about the rule"
              pairs={[
                ["id", rule.id],
                ["level", rule.level],
                ["status", rule.status],
                ["log source", rule.logsource],
                ["techniques", rule.techniques.join(", ") || "–"],
                ["threats", rule.threats.join(", ") || "–"],
                ["stage", rule.stage ? said(rule.stage) : "–"],
                ["matches", count(rule.matches)],
                [
                  "since the server began",
                  `${count(rule.work.evaluations)} evaluations, ${count(rule.work.matches)} matches, ${took(rule.work.micros)}`,
                ],
                ["file", rule.file],
              ]}
            />
            {rule.falsepositives.length > 0 && (
              <section className="stack">
                <h3>Known innocent reasons</h3>
                <ul className="bullets">
                  {rule.falsepositives.map((line) => (
                    <li key={line}>{line}</li>
                  ))}
                </ul>
              </section>
            )}
            <Learning id={rule.id} />
            <section className="stack">
              <h3>Its text</h3>
              <pre tabIndex={0}>{rule.yaml}</pre>
            </section>
          </>
        )}
      </Loaded>
    </Drawer>
  );
}
