import { createContext, useContext, useEffect, useState } from "react";
import type { Case, CaseView } from "../../api/cases";
import { useSession } from "../../session/session";
import { type Rights, rights } from "./rights";

/** The case that a room shows. */
export const RoomContext = createContext<CaseView | null>(null);

/** The case of this room, and what the colleague may do in it. */
export function useRoom(): { view: CaseView; of: Case; id: string; account: string; mine: Rights } {
  const view = useContext(RoomContext);
  const { user } = useSession();
  if (!view) throw new Error("no room");
  return { view, of: view.case, id: view.summary.id, account: user, mine: rights(view.case, user) };
}

/** Now, in microseconds, kept fresh by the half minute: ages need no more. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now * 1000;
}
