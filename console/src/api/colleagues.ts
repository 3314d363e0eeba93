/** Colleagues: shapes of the API as `tandem-server` writes them, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

/** What is kept of a colleague beside role and department. */
export interface ColleagueSettings {
  functions: string[];
  /** Accounts, first choice first. */
  deputies: string[];
  /** From and until, RFC 3339. */
  absences: [string, string][];
  /** Departments of the organisation that they keep away from. */
  conflicts: string[];
  /** System and id. */
  chat: [string, string][];
  mail: string | null;
}

export interface Colleague {
  account: string;
  role: string;
  department: string | null;
  away: boolean;
  /** Only for who manages colleagues. */
  managed: { disabled: boolean; created: string; settings: ColleagueSettings } | null;
}

export interface ColleagueList {
  colleagues: Colleague[];
  /** Functions that can be given; only for who manages colleagues. */
  functions: string[];
}

export interface ChangeColleague {
  role: string;
  department: string | null;
  disabled: boolean;
  settings: ColleagueSettings;
}

/** A one-time sign-in link. */
export interface SignInLink {
  path: string;
  expires: string;
}

const KEY = "/colleagues";
const path = (account: string) => `${KEY}/${encodeURIComponent(account)}`;

export function useColleagues() {
  return useQuery({ queryKey: [KEY], queryFn: () => get<ColleagueList>(KEY) });
}

export function useChangeColleague() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ account, change }: { account: string; change: ChangeColleague }) =>
      send<Colleague>(path(account), change, "PUT"),
    onSuccess: () => client.invalidateQueries({ queryKey: [KEY] }),
  });
}

/** Makes a link. No mutation on purpose: its cache would keep a secret. */
export const makeLink = (account: string) => send<SignInLink>(`${path(account)}/link`, {});
