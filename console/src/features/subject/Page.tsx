import { Link, useParams } from "@tanstack/react-router";
import { useStory } from "../../api/queries";
import type { Story } from "../../api/types";
import { ScoreLine } from "../../charts/ScoreLine";
import { Waterfall } from "../../charts/Waterfall";
import { EventDrawer } from "../../evidence/EventDrawer";
import { IndicatorList } from "../../evidence/IndicatorList";
import { ForCase } from "../../privacy/ForCase";
import { Pseudonym } from "../../privacy/Pseudonym";
import { SubjectFacts } from "../../privacy/SubjectFacts";
import { Status } from "../../ui/bits";
import { Level } from "../../ui/Level";
import { Loaded } from "../../ui/states";
import { TwoNumbers } from "../../ui/TwoNumbers";
import { useCase, useUrl } from "../../url";
import { dayOf, decibans } from "../../words/format";
import { TEXT } from "../../words/text";
import { Activity, LatestEvents, UsualHours } from "./Activity";
import { Chains } from "./Chains";
import { Departures } from "./Departures";
import { GroupTotals, Threats } from "./Groups";
import { Motive } from "./Motive";
import { TakenBack } from "./TakenBack";
import { TimeControl } from "./TimeControl";
import { Way } from "./Way";

/** A subject's story at one moment. */
export function SubjectPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const [{ at }] = useUrl();
  const query = useStory(id, at);
  return (
    <div className="page">
      <nav aria-label="Where you are" className="small">
        <Link to="/subjects">Subjects</Link> / {id}
      </nav>
      <ForCase />
      <div className="head">
        <div className="row">
          <h1>
            Story of <Pseudonym id={id} plain />
          </h1>
          {query.data && (
            <>
              <Level level={query.data.explanation.level} />
              <b style={{ fontSize: 18 }}>{decibans(query.data.explanation.score)}</b>
            </>
          )}
        </div>
      </div>
      <TimeControl at={at} />
      <Loaded query={query}>{(story) => <StoryView id={id} at={at} story={story} />}</Loaded>
      <EventDrawer />
    </div>
  );
}

function StoryView({ id, at, story }: { id: string; at: string | undefined; story: Story }) {
  const [, change] = useUrl();
  const forCase = useCase();
  const pick = (indicator: string) => change({ indicator }, { replace: true });
  const { explanation, subject } = story;
  return (
    <>
      <section className="panel" aria-label="who">
        <SubjectFacts subject={subject} />
      </section>
      <section className="panel">
        <h2>Score over time</h2>
        <ScoreLine
          history={story.history}
          explanation={explanation}
          until={dayOf(story.at)}
          pick={(day) => change({ at: day })}
        />
      </section>
      <Way way={story.way} pick={(day) => change({ at: day })} />
      <Chains chains={story.chains} open={(event) => change({ event })} />
      <section className="panel">
        <h2>Timeline by source</h2>
        <Activity id={id} at={at} pick={pick} alerts={story.alerts} />
      </section>
      <div className="aside">
        <div className="stack">
          <section className="panel">
            <h2>Why this score</h2>
            <Waterfall explanation={explanation} pick={pick} />
          </section>
          <Motive motive={story.motive} pick={pick} />
        </div>
        <aside className="stack" aria-label="about the score">
          <TwoNumbers level={explanation.level} score={explanation.score} impact={story.impact} />
          <section className="panel">
            <h2>What would lower it</h2>
            <ul className="bullets">
              {explanation.would_lower.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </section>
          <GroupTotals groups={explanation.groups} />
          <Threats threats={explanation.threats} />
          {story.alerts.length > 0 && (
            <section className="panel">
              <h2>Alerts</h2>
              <ul className="plain stack">
                {story.alerts.map((alert) => (
                  <li key={alert.id}>
                    <div className="row">
                      <span className="nowrap small">{alert.day}</span>
                      <Level level={alert.level} />
                      <Status status={alert.status} verdict={alert.verdict} />
                    </div>
                    <Link to="/alerts/$id" params={{ id: alert.id }} search={{ case: forCase }}>
                      {alert.title}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          )}
          <p className="muted small">
            {TEXT.decibans} {TEXT.noNumbers}
          </p>
        </aside>
      </div>
      <section className="panel">
        <h2>Departures from what is usual</h2>
        <Departures id={id} at={at} />
      </section>
      <section className="panel">
        <h2>Hours of the week</h2>
        <UsualHours id={id} at={at} />
      </section>
      <section className="panel">
        <h2>Indicators, newest first</h2>
        {story.indicators.length === 0 ? (
          <p className="muted">None: nothing unusual is known.</p>
        ) : (
          <IndicatorList indicators={story.indicators} />
        )}
      </section>
      <TakenBack gone={story.taken_back} />
      <section className="panel">
        <h2>Latest events</h2>
        <LatestEvents id={id} at={at} />
      </section>
    </>
  );
}
