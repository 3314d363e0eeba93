import { Link } from "@tanstack/react-router";
import { useCase, useUrl } from "../url";
import styles from "./ForCase.module.css";

/** Says for which case a page is looked at, and leads back there. */
export function ForCase() {
  const [, change] = useUrl();
  const id = useCase();
  if (!id) return null;
  return (
    <aside className={styles.banner} aria-label="what this is looked at for" data-for-case={id}>
      <span>
        for case{" "}
        <Link to="/cases/$id" params={{ id }}>
          {id}
        </Link>
      </span>
      <span className="muted small">Every look here is recorded for this case.</span>
      <button type="button" className="link" onClick={() => change({ case: undefined })}>
        Look for no case
      </button>
    </aside>
  );
}
