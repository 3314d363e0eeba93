/** Signing in and one's own account: shapes of the API and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export interface Ways {
  company: string;
  password: boolean;
  passkey: boolean;
  passkey_off: string | null;
  provider: boolean;
}

export interface Step {
  next: "done" | "code";
  ceremony: string | null;
}

/** What the server begins and the browser goes on with. */
export interface Ceremony {
  ceremony: string;
  options: unknown;
}

export interface Credential {
  id: string;
  kind: "password" | "totp" | "recovery" | "passkey" | "provider";
  name: string;
  created: string;
  last_used: string | null;
  left: number | null;
}

export interface OwnSession {
  id: string;
  way: string;
  began: string;
  last_seen: string;
  current: boolean;
}

export interface Account {
  account: string;
  role: string;
  department: string | null;
  fresh_until: string | null;
  credentials: Credential[];
  sessions: OwnSession[];
  ways: Ways;
}

export interface Enrolment {
  ceremony: string;
  svg: string;
  secret: string;
}

/** Where a browser goes for the company's identity provider. */
export const PROVIDER = "/sign-in/oidc";

export const useWays = () => useQuery({ queryKey: ["/sign-in"], queryFn: () => get<Ways>("/sign-in") });
export const useAccount = () =>
  useQuery({ queryKey: ["/account"], queryFn: () => get<Account>("/account"), staleTime: 0 });

export const signIn = {
  password: (account: string, password: string) => send<Step>("/sign-in/password", { account, password }),
  code: (ceremony: string, code: string) => send<Step>("/sign-in/code", { ceremony, code }),
  beginPasskey: () => send<Ceremony>("/sign-in/passkey", {}),
  finishPasskey: (ceremony: string, credential: unknown) =>
    send<Step>("/sign-in/passkey/finish", { ceremony, credential }),
};

export const own = {
  password: (password: string) => send<void>("/account/password", { password }),
  beginCodes: () => send<Enrolment>("/account/codes", {}),
  confirmCodes: (ceremony: string, code: string) =>
    send<{ codes: string[] }>("/account/codes/confirm", { ceremony, code }),
  recovery: () => send<{ codes: string[] }>("/account/recovery", {}),
  beginPasskey: () => send<Ceremony>("/account/passkeys", {}),
  addPasskey: (ceremony: string, name: string, credential: unknown) =>
    send<void>("/account/passkeys/finish", { ceremony, name, credential }),
  drop: (id: string) => send<void>(`/account/credentials/${encodeURIComponent(id)}`, undefined, "DELETE"),
  endSession: (id: string) => send<void>(`/account/sessions/${encodeURIComponent(id)}`, undefined, "DELETE"),
};

/** A change of the own account; what is shown is read again after it. */
export function useOwn<A, T>(change: (asked: A) => Promise<T>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => client.invalidateQueries({ queryKey: ["/account"] }),
  });
}
