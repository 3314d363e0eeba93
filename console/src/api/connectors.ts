/** Connectors and what they could not send: shapes of the API as `tandem-server` writes them, and their queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { get, send } from "./client";

export interface ConnectorState {
  name: string;
  /** Null if the settings name it no more. */
  kind: string | null;
  host: string | null;
  goes: string[];
  hears: boolean;
  waiting: number;
  sent: number;
  dead: number;
  arrived: string | null;
  failed: { at: string; said: string } | null;
}

export interface ConnectorList {
  connectors: ConnectorState[];
}

export interface DeadLetter {
  id: number;
  connector: string;
  job: string;
  created: string;
  given_up: string | null;
  attempts: number;
  cause: "gate" | "notice" | "refused" | "exhausted" | "unconfigured" | "unreadable" | "unknown";
  error: string;
  next: string;
}

export interface Outbox {
  dead: DeadLetter[];
}

export interface ConnectorTest {
  arrived: boolean;
  said: string;
}

const CONNECTORS = "/connectors";
const OUTBOX = "/outbox";
/** Messages come and go by themselves, milliseconds. */
const EVERY = 15_000;

export const useConnectors = () =>
  useQuery({
    queryKey: [CONNECTORS],
    queryFn: () => get<ConnectorList>(CONNECTORS),
    refetchInterval: EVERY,
  });

export const useOutbox = () =>
  useQuery({ queryKey: [OUTBOX], queryFn: () => get<Outbox>(OUTBOX), refetchInterval: EVERY });

export function useTest(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => send<ConnectorTest>(`${CONNECTORS}/${encodeURIComponent(name)}/test`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: [CONNECTORS] }),
  });
}

export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids: number[]) => send<{ replayed: number }>(`${OUTBOX}/replay`, { ids }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [OUTBOX] });
      await client.invalidateQueries({ queryKey: [CONNECTORS] });
    },
  });
}
