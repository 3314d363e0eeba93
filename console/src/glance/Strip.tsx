import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Overview } from "../api/types";
import { useSession } from "../session/session";
import { count } from "../words/format";
import styles from "./Strip.module.css";

/** The state of things at a glance; each figure leads to where it comes from. */
export function Strip({ overview }: { overview: Overview }) {
  const { sees_subjects, hunts, sees_sources } = useSession().capabilities;
  const figures: { label: string; value: string; link?: (text: ReactNode) => ReactNode }[] = [
    {
      label: "open alerts",
      value: count(overview.open_alerts),
      ...(sees_subjects && { link: (t) => <Link to="/">{t}</Link> }),
    },
    {
      label: "subjects",
      value: count(overview.subjects),
      ...(sees_subjects && { link: (t) => <Link to="/subjects">{t}</Link> }),
    },
    {
      label: "events",
      value: count(overview.events),
      ...(hunts && { link: (t) => <Link to="/hunt">{t}</Link> }),
    },
    {
      label: "sources",
      value: count(overview.sources),
      ...(sees_sources && { link: (t) => <Link to="/sources">{t}</Link> }),
    },
    {
      label: "rejected records",
      value: count(overview.rejects),
      ...(sees_sources && { link: (t) => <Link to="/rejects">{t}</Link> }),
    },
    { label: "analysed to the end of", value: overview.analysed_to ?? "nothing yet" },
  ];
  return (
    <dl className={styles.strip} aria-label="at a glance">
      {figures.map(({ label, value, link }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{link ? link(value) : value}</dd>
        </div>
      ))}
    </dl>
  );
}
