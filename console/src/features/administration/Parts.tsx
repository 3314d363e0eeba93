import { Link } from "@tanstack/react-router";
import { useSession } from "../../session/session";
import styles from "./Administration.module.css";

const PARTS = [
  { to: "/administration", label: "Colleagues", needs: "manages_colleagues" },
  { to: "/administration/connectors", label: "Connectors", needs: "sees_connectors" },
  { to: "/administration/policies", label: "Policies", needs: "sees_policies" },
] as const;

/** The pages of administration that the role may see; one alone needs no choice. */
export function Parts() {
  const { capabilities } = useSession();
  const shown = PARTS.filter(({ needs }) => capabilities[needs]);
  if (shown.length < 2) return null;
  return (
    <nav aria-label="parts of administration" className={styles.parts}>
      {shown.map(({ to, label }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
