/** A subject's departures: shapes of the API as `tandem-server` writes them, and their query. */
import { useQuery } from "@tanstack/react-query";
import { useCase } from "../url";
import { forCase, get } from "./client";

export interface Picture {
  kind: "days" | "hours";
  unit: "acts" | "bytes" | "items" | "hour";
  /** The day's value: the mark. */
  value: number;
  history: { day: string; value: number }[];
  band: { low: number; usual: number; high: number } | null;
  peers: { people: number; quantiles: number[] } | null;
  own_hours: number[] | null;
  peer_hours: number[] | null;
  note: string;
}

export interface Departure {
  day: string;
  channel: string;
  title: string;
  what: string;
  own: string;
  peers: string;
  share: number;
  picture: Picture | null;
}

export interface DeparturesView {
  at: string;
  from: string;
  departures: Departure[];
}

/** Up to a moment, for the case that the address names, if it names one. */
export function useDepartures(id: string, at?: string) {
  const headers = forCase(useCase());
  const path = `/subjects/${encodeURIComponent(id)}/departures`;
  return useQuery({
    queryKey: [path, at, headers],
    queryFn: () => get<DeparturesView>(path, { at }, headers),
  });
}
