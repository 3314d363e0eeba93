import { createContext, useContext } from "react";
import type { Session } from "../api/types";

/** Who is signed in, for every page. */
export const SessionContext = createContext<Session | null>(null);

/** Who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session");
  return session;
}
