import {
  type DetectorFeedback,
  type FeedbackView,
  type Proposal,
  useFeedback,
  useRuleFeedback,
} from "../../api/reports";
import { Diff } from "../../ui/Diff";
import { download } from "../../ui/download";
import { Empty, Loaded } from "../../ui/states";
import { useUrl } from "../../url";
import { count, counted } from "../../words/format";
import { said } from "../../words/labels";
import { nameOf, precisionWords } from "./learning";

/** What people concluded, by rule and detector. */
export function Verdicts() {
  const query = useFeedback();
  return (
    <section className="panel stack" aria-label="what verdicts say">
      <p className="muted">
        Each alert that was concluded, by itself or with its case, speaks for or against what raised it.
        Benign counts against: it cost a look at somebody. The interval holds the true share with 95 %
        confidence (Wilson). Nothing is tuned by itself.
      </p>
      <Loaded query={query}>
        {(view) =>
          view.detectors.length === 0 ? (
            <Empty title="No verdicts yet">
              Close alerts and cases with a verdict; what they say about rules appears here.
            </Empty>
          ) : (
            <Table view={view} />
          )
        }
      </Loaded>
    </section>
  );
}

function Table({ view }: { view: FeedbackView }) {
  return (
    <section className="scroll" aria-label="verdicts by rule and detector" tabIndex={0}>
      <table>
        <caption>
          {counted(view.concluded, "concluded alert")}; a share is shown from {view.least} verdicts on
        </caption>
        <thead>
          <tr>
            <th scope="col">rule or detector</th>
            <th scope="col" className="num">
              true positive
            </th>
            <th scope="col" className="num">
              benign
            </th>
            <th scope="col" className="num">
              false positive
            </th>
            <th scope="col" className="num">
              cannot be said
            </th>
            <th scope="col">precision</th>
          </tr>
        </thead>
        <tbody>
          {view.detectors.map((one) => (
            <Row key={one.detector} one={one} least={view.least} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ one, least }: { one: DetectorFeedback; least: number }) {
  const [, change] = useUrl();
  const { rule } = one;
  return (
    <tr data-detector={one.detector}>
      <th scope="row">
        {rule ? (
          <button type="button" className="link" onClick={() => change({ rule: rule.id })}>
            {nameOf(one)}
          </button>
        ) : (
          nameOf(one)
        )}
      </th>
      <td className="num">{count(one.true_positive)}</td>
      <td className="num">{count(one.benign)}</td>
      <td className="num">{count(one.false_positive)}</td>
      <td className="num">{count(one.insufficient_data)}</td>
      <td className="nowrap">{precisionWords(one, least)}</td>
    </tr>
  );
}

/** What verdicts say about one rule, and what could be changed in it. */
export function Learning({ id }: { id: string }) {
  const query = useRuleFeedback(id);
  return (
    <section className="stack" aria-label="what verdicts say about this rule">
      <h3>What verdicts say</h3>
      <Loaded query={query}>
        {({ feedback, proposals, no_proposal }) => (
          <>
            <p>
              {counted(feedback.true_positive, "true positive")}, {count(feedback.benign)} benign,{" "}
              {counted(feedback.false_positive, "false positive")}
              {feedback.precision && `; precision ${precisionWords(feedback, 0)}`}.
            </p>
            {no_proposal && <p className="muted small">No proposal: {no_proposal}.</p>}
            {proposals.map((one) => (
              <Proposed key={one.kind} one={one} id={id} />
            ))}
          </>
        )}
      </Loaded>
    </section>
  );
}

function Proposed({ one, id }: { one: Proposal; id: string }) {
  return (
    <article className="panel stack" aria-label={`proposal: ${said(one.kind)}`} data-proposal={one.kind}>
      <h4>{one.title}.</h4>
      <p className="small">{one.reason}.</p>
      <Diff text={one.diff} />
      <p className="muted small">
        To be reviewed by {one.reviewers.map(said).join(" and ")}. Tandem does not apply it: whoever keeps the
        rules does, or does not.
      </p>
      <div className="row">
        <button type="button" onClick={() => download(`${id}.yml`, "application/yaml", one.proposed)}>
          Save the rule as proposed
        </button>
        {one.filter !== null && (
          <button
            type="button"
            onClick={() => download(`${id}.filter.yml`, "application/yaml", one.filter ?? "")}
          >
            Save as a filter of its own
          </button>
        )}
      </div>
    </article>
  );
}
