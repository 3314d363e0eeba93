import { useEffect, useState } from "react";
import type { Indicator } from "../api/types";
import { Tag } from "../ui/bits";
import { useUrl } from "../url";
import { counted, decibans, time } from "../words/format";
import { said } from "../words/labels";
import { EventTable } from "./EventTable";
import styles from "./IndicatorList.module.css";

const FIRST = 12;

function fades(indicator: Indicator): string {
  if (indicator.until) return `holds until ${indicator.until.slice(0, 10)}`;
  return indicator.half_life_days
    ? `half is left after ${counted(indicator.half_life_days, "day")}`
    : "holds until withdrawn";
}

function Entry({
  indicator,
  picked,
  open,
}: {
  indicator: Indicator;
  picked: boolean;
  open: (event: string) => void;
}) {
  return (
    <li
      id={`indicator-${indicator.id}`}
      className={picked ? styles.picked : styles.entry}
      aria-current={picked || undefined}
    >
      <div className="head">
        <h3>{indicator.title}</h3>
        <b className="nowrap">{decibans(indicator.weight)}</b>
      </div>
      {!indicator.redacted && <p>{indicator.explanation}</p>}
      <div className="row small muted">
        <span>{time(indicator.time)}</span>
        <Tag human={indicator.side === "human"}>
          {indicator.redacted ? "human side" : said(indicator.group)}
        </Tag>
        {indicator.stage && <Tag>stage: {said(indicator.stage)}</Tag>}
        {indicator.threats.map((threat) => (
          <Tag key={threat}>{threat}</Tag>
        ))}
        {indicator.techniques.map((technique) => (
          <Tag key={technique}>{technique}</Tag>
        ))}
        {indicator.object && <span className="mono break">{indicator.object}</span>}
        <span>{fades(indicator)}</span>
      </div>
      {indicator.events.length > 0 && (
        <details open={picked || undefined}>
          <summary>
            {indicator.events.length < indicator.event_count
              ? `${indicator.events.length} of ${counted(indicator.event_count, "event")}`
              : counted(indicator.events.length, "event")}
          </summary>
          <EventTable events={indicator.events} open={open} caption={`events of ${indicator.title}`} />
        </details>
      )}
    </li>
  );
}

/** Indicators with their weights and evidence; the one in the address is shown and marked. */
export function IndicatorList({ indicators }: { indicators: Indicator[] }) {
  const [{ indicator: picked }, change] = useUrl();
  const [all, setAll] = useState(false);
  const hidden = indicators.findIndex((i) => i.id === picked) >= FIRST;
  const shown = all || hidden ? indicators : indicators.slice(0, FIRST);
  useEffect(() => {
    if (picked) document.getElementById(`indicator-${picked}`)?.scrollIntoView({ block: "center" });
  }, [picked]);
  return (
    <div className="stack">
      <ul className={styles.list}>
        {shown.map((indicator) => (
          <Entry
            key={indicator.id}
            indicator={indicator}
            picked={indicator.id === picked}
            open={(event) => change({ event })}
          />
        ))}
      </ul>
      {indicators.length > shown.length && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Show all {indicators.length}
        </button>
      )}
    </div>
  );
}
