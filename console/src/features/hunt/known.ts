import { useMemo } from "react";
import { type FieldStatistics, type HuntAsk, useFieldStatistics } from "../../api/hunt";
import { type Hunt, hitsOf } from "./hunting";
import type { Known } from "./suggest";

/** Names and values out of statistics: those are worth offering. */
export function knownOf(fields: FieldStatistics[]): Known {
  return {
    fields: fields.map(({ name }) => name),
    values: Object.fromEntries(fields.map(({ name, top }) => [name, top.map(({ value }) => value)])),
  };
}

/** What is known of the fields of what was found last; asked for by the panel that shows it. */
export function useKnown(ask: HuntAsk, hunt: Hunt | null): Known {
  const ready = hunt?.state === "done" && hitsOf(hunt) > 0;
  const { data } = useFieldStatistics(ask, undefined, ready);
  return useMemo(() => knownOf(data?.fields ?? []), [data]);
}
