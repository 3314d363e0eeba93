import type { Enrichment } from "../api/hunt";
import type { EventDetail } from "../api/types";
import { said } from "../words/labels";
import styles from "./Chips.module.css";

const WEIGHTY = new Set(["high", "crown_jewel"]);

/** What an event is shown with, whether it stands in a list or alone. */
export function enrichmentOf({
  enrichment,
  asset_criticality,
}: Pick<EventDetail, "enrichment" | "asset_criticality">): Enrichment | null {
  if (enrichment) return enrichment;
  return asset_criticality ? { asset: { name: "", criticality: asset_criticality } } : null;
}

/** What lists know about an event: how much the system is worth, the country, and lists of threats. */
export function Chips({ of }: { of: Enrichment | null | undefined }) {
  if (!of || (!of.asset && !of.geo && (of.threats ?? []).length === 0)) return null;
  const { asset, geo } = of;
  return (
    <span className={styles.chips} data-enrichment>
      {asset && (
        <span
          className={WEIGHTY.has(asset.criticality) ? styles.high : styles.plain}
          title={asset.owner ? `belongs to ${asset.owner}` : undefined}
        >
          {asset.name && `${asset.name}: `}
          {asset.criticality === "crown_jewel" ? "crown jewel" : `${said(asset.criticality)} criticality`}
        </span>
      )}
      {geo && (
        <span className={styles.plain} title={geo.ip}>
          {[geo.city, geo.country].filter(Boolean).join(", ")}
        </span>
      )}
      {(of.threats ?? []).map((threat) => (
        <span
          key={`${threat.list} ${threat.value}`}
          className={styles.threat}
          title={
            [threat.note, threat.until && `until ${threat.until}`].filter(Boolean).join("; ") || undefined
          }
        >
          on list {threat.list}: {threat.value}
        </span>
      ))}
    </span>
  );
}
