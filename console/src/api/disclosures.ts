/** Disclosures: shapes of the API as `tandem-server` writes them, and their queries. None holds a name but `Revealed`. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { forCase, get, send } from "./client";
import { ApiError } from "./errors";

export type DisclosureStatus = "waiting" | "granted" | "denied" | "lapsed" | "ended";

/** One answer of an approver. */
export interface DisclosureAnswer {
  account: string;
  department: string | null;
  at: string;
  reason: string;
}

/** A disclosure, asked for or granted. */
export interface Disclosure {
  id: string;
  case: string;
  subject: string;
  fields: string[];
  purpose: string;
  reason: string;
  requested_by: string;
  at: string;
  /** When it ends. */
  expires: string;
  /** When it lapses unanswered. */
  lapses: string;
  status: DisclosureStatus;
  approvals: DisclosureAnswer[];
  denied: DisclosureAnswer | null;
  may_answer: boolean;
}

export interface DisclosureList {
  disclosures: Disclosure[];
}

export interface AskedDisclosure {
  subject: string;
  fields: string[];
  purpose: string;
  reason: string;
  hours: number;
}

/** Who a subject is: only what was asked for. `until` is in microseconds. */
export interface Revealed {
  subject: string;
  until: number;
  name: string | null;
  contact: { mail: string[]; phone: string | null } | null;
  accounts: string[] | null;
  person_key: string | null;
  position: string | null;
  manager: string | null;
  site: string | null;
}

/** Longest that a disclosure may last, hours. */
export const HOURS_MOST = 14 * 24;
/** Longest reason, characters. */
export const REASON_MOST = 2000;

const KEY = "/disclosures";
const path = (id: string) => `/disclosures/${encodeURIComponent(id)}`;

/** The disclosures of a case. */
export function useDisclosures(of: string) {
  return useQuery({ queryKey: [KEY, of], queryFn: () => get<DisclosureList>(KEY, {}, forCase(of)) });
}

/** What an approver may see; asked again when they come back to the window. Not by the clock, which would keep their session open. */
export function useAsked(enabled: boolean) {
  return useQuery({
    queryKey: [KEY],
    queryFn: () => get<DisclosureList>(KEY),
    enabled,
  });
}

/** Reads all lists again, also after a refusal: somebody may have been faster. */
function useAgain() {
  const client = useQueryClient();
  const again = () => client.invalidateQueries({ queryKey: [KEY] });
  return {
    onSuccess: again,
    onError: (error: Error) => {
      if (error instanceof ApiError && error.status !== 0) void again();
    },
  };
}

export function useAskDisclosure(of: string) {
  return useMutation({
    mutationFn: (asked: AskedDisclosure) =>
      send<Disclosure>(`/cases/${encodeURIComponent(of)}/disclosures`, asked),
    ...useAgain(),
  });
}

export function useAnswer() {
  return useMutation({
    mutationFn: ({ id, ...answer }: { id: string; approve: boolean; reason: string }) =>
      send<Disclosure>(`${path(id)}/answer`, answer),
    ...useAgain(),
  });
}

export function useEnd() {
  return useMutation({ mutationFn: (id: string) => send<Disclosure>(`${path(id)}/end`, {}), ...useAgain() });
}

/** Opens the vault once. No query and no mutation on purpose: their caches would keep a name. */
export const reveal = (id: string) => send<Revealed>(`${path(id)}/identity`, {});
