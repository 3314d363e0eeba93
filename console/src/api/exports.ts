/** Findings for other systems: where they are saved from. */
import { getFile } from "./client";

export const FORMATS = [
  { id: "stix", name: "STIX 2.1", ending: "stix.json" },
  { id: "ocsf", name: "OCSF", ending: "ocsf.ndjson" },
  { id: "csv", name: "CSV", ending: "csv" },
] as const;

export type Format = (typeof FORMATS)[number];
export type Exportable = "alerts" | "indicators" | "cases";

/** The address of an export; without a day, of everything. */
export function exportPath(what: Exportable, format: Format, day?: string): string {
  const params = new URLSearchParams({ format: format.id });
  if (day) {
    params.set("from", day);
    params.set("to", day);
  }
  return `/${what}/export?${params}`;
}

/** The name of the file that an export becomes. */
export function exportName(what: Exportable, format: Format, day?: string): string {
  return `tandem-${what}${day ? `-${day}` : ""}.${format.ending}`;
}

export const fetchExport = (what: Exportable, format: Format, day?: string) =>
  getFile(exportPath(what, format, day));
