/** A subject's departures: names for the API's shapes, and their query. */
import { useQuery } from "@tanstack/react-query";
import { useCase } from "../url";
import { forCase, get } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Picture = Schemas["Picture"];
export type Departure = Schemas["DepartureView"];
export type DeparturesView = Schemas["DeparturesView"];

/** Up to a moment, for the case that the address names, if it names one. */
export function useDepartures(id: string, at?: string) {
  const headers = forCase(useCase());
  const path = `/subjects/${encodeURIComponent(id)}/departures`;
  return useQuery({
    queryKey: [path, at, headers],
    queryFn: () => get<DeparturesView>(path, { at }, headers),
  });
}
