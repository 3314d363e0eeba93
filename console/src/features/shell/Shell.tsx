import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useCases } from "../../api/cases";
import { rememberCsrf, send } from "../../api/client";
import { useAsked } from "../../api/disclosures";
import { ApiError } from "../../api/errors";
import { useSessionQuery } from "../../api/queries";
import { useRunsWaiting } from "../../api/runs";
import type { Capabilities, Session } from "../../api/types";
import { SessionContext } from "../../session/session";
import { Drawer } from "../../ui/Drawer";
import { useKeys } from "../../ui/keys";
import { Failure, Loading } from "../../ui/states";
import { said } from "../../words/labels";
import { KEYS } from "../../words/text";
import { split } from "../approvals/waiting";
import { SignInPage } from "../sign-in/Page";
import styles from "./Shell.module.css";
import { Theme } from "./Theme";

/** What the bar depends on: what the role may do, whether there are cases to see, and whether policies have no other way. */
type Shown = Capabilities & { has_cases: boolean; only_reads_policies: boolean };

const PAGES = [
  { to: "/", label: "Queue", needs: ["sees_subjects"] },
  { to: "/cases", label: "Cases", needs: ["opens_cases", "has_cases"] },
  { to: "/duties", label: "Duties", needs: ["opens_cases", "has_cases", "approves"] },
  { to: "/approvals", label: "Approvals", needs: ["approves"] },
  { to: "/subjects", label: "Subjects", needs: ["sees_subjects"] },
  { to: "/support", label: "Help first", needs: ["offers_support"] },
  { to: "/hunt", label: "Events", needs: ["hunts"] },
  { to: "/ledger", label: "Ledger", needs: ["sees_ledger", "verifies_ledger"] },
  { to: "/sources", label: "Sources", needs: ["sees_sources"] },
  { to: "/rejects", label: "Rejects", needs: ["sees_sources"] },
  { to: "/rules", label: "Rules", needs: [] },
  { to: "/what-if", label: "What if", needs: ["tries_settings", "sees_proposals"] },
  { to: "/reports", label: "Reports", needs: ["sees_reports"] },
  { to: "/calibration", label: "Calibration", needs: ["sees_reports"] },
  { to: "/contests", label: "Contests", needs: ["opens_cases"] },
  { to: "/administration/policies", label: "Policies", needs: ["only_reads_policies"] },
  { to: "/administration", label: "Administration", needs: ["manages_colleagues"] },
  { to: "/mine", label: "About me", needs: ["has_own_data"] },
] as const satisfies { to: string; label: string; needs: (keyof Shown)[] }[];

/** The frame around every page. */
export function Shell() {
  const session = useSessionQuery();
  if (session.error instanceof ApiError && session.error.status === 401) {
    return <SignInPage />;
  }
  if (!session.data) {
    return (
      <main className="page" id="page">
        {session.error ? <Failure error={session.error} retry={() => session.refetch()} /> : <Loading />}
      </main>
    );
  }
  rememberCsrf(session.data.csrf);
  return (
    <SessionContext.Provider value={session.data}>
      <Frame session={session.data} />
    </SessionContext.Provider>
  );
}

/** Titles the tab by the page's heading, so that history and tabs can be told apart. */
function useTitle() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(() => {
    const page = PAGES.find((p) => (p.to === "/" ? path === "/" : path.startsWith(p.to)));
    const other = path === "/account" ? "Account" : "Alert";
    document.title = `${page?.label ?? other} · Tandem`;
  }, [path]);
}

function Frame({ session }: { session: Session }) {
  const [help, setHelp] = useState(false);
  useTitle();
  useGlobalKeys(() => setHelp(true));
  return (
    <>
      <a className={styles.skip} href="#page">
        Skip to the page
      </a>
      <Bar session={session} help={() => setHelp(true)} />
      <main id="page" tabIndex={-1}>
        <Outlet />
      </main>
      {help && (
        <Drawer middle title="Keys" close={() => setHelp(false)}>
          <dl className={styles.keys}>
            {KEYS.map(({ keys, does }) => (
              <div key={does}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Drawer>
      )}
    </>
  );
}

function Bar({ session, help }: { session: Session; help: () => void }) {
  const client = useQueryClient();
  const { capabilities } = session;
  // Who opens cases always finds them in the bar; others once they take part in one.
  const cases = useCases({}, !capabilities.opens_cases);
  const shown: Shown = {
    ...capabilities,
    has_cases: (cases.data?.cases.length ?? 0) > 0,
    only_reads_policies: capabilities.sees_policies && !capabilities.manages_colleagues,
  };
  const asked = useAsked(capabilities.approves);
  const runs = useRunsWaiting(capabilities.approves);
  const waits = split(asked.data?.disclosures ?? []).mine.length + (runs.data?.runs.length ?? 0);
  const pages = PAGES.filter(({ needs }) => needs.length === 0 || needs.some((need) => shown[need]));
  const signOut = async () => {
    await send("/session", undefined, "DELETE").catch(() => undefined);
    client.clear();
    location.assign("/");
  };
  return (
    <header className={styles.bar}>
      <Link to="/" className={styles.brand}>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="12" cy="16" r="8" />
          <circle cx="20" cy="16" r="8" />
        </svg>
        Tandem
      </Link>
      <nav aria-label="Pages" className={styles.nav}>
        {!capabilities.sees_subjects && (
          <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
            Overview
          </Link>
        )}
        {pages.map((page) => (
          <Link key={page.to} to={page.to} activeOptions={{ exact: page.to === "/", includeSearch: false }}>
            {page.label}
            {page.to === "/approvals" && waits > 0 && (
              <span className={styles.count} data-waits={waits}>
                {waits}
                <span className="sr"> waiting for you</span>
              </span>
            )}
          </Link>
        ))}
      </nav>
      <div className={styles.who}>
        <span title={`signed in as ${session.user}`}>
          signed in as <b>{said(session.role)}</b>
        </span>
        <Link to="/account">Account</Link>
        <button type="button" onClick={help} aria-label="show keys">
          ?
        </button>
        <Theme />
        <button type="button" onClick={() => void signOut()}>
          Sign out
        </button>
      </div>
    </header>
  );
}

const GO = {
  q: "/",
  s: "/subjects",
  e: "/hunt",
  w: "/cases",
  d: "/duties",
  l: "/ledger",
  a: "/approvals",
} as const;

function useGlobalKeys(help: () => void) {
  const navigate = useNavigate();
  const waiting = useRef(false);
  useKeys((key, event) => {
    const target = GO[key as keyof typeof GO];
    if (waiting.current && target) void navigate({ to: target });
    waiting.current = key === "g";
    if (key === "?") help();
    if (key === "/") {
      event.preventDefault();
      document.querySelector<HTMLElement>("[data-search]")?.focus();
    }
  });
}
