/** A search while it runs: what has come so far. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { forCase } from "../../api/client";
import { ApiError } from "../../api/errors";
import {
  type HuntAsk,
  type HuntDay,
  type HuntEnd,
  type HuntEvent,
  type HuntLine,
  type HuntPlan,
  search,
} from "../../api/hunt";
import { counted } from "../../words/format";

/** What is known of a search. */
export interface Hunt {
  state: "running" | "done" | "stopped" | "failed";
  plan: HuntPlan | null;
  days: HuntDay[];
  events: HuntEvent[];
  progress: { done: number; of: number } | null;
  end: HuntEnd | null;
  error: unknown;
}

export const BEGUN: Hunt = {
  state: "running",
  plan: null,
  days: [],
  events: [],
  progress: null,
  end: null,
  error: null,
};

function one(hunt: Hunt, line: HuntLine): Hunt {
  switch (line.kind) {
    case "plan":
      return { ...hunt, plan: line, progress: { done: 0, of: line.days } };
    case "progress":
      return { ...hunt, progress: { done: line.done, of: line.of } };
    case "end":
      return { ...hunt, end: line, state: "done" };
    case "error": {
      const { code, message, hint } = line.error;
      return { ...hunt, state: "failed", error: new ApiError(0, code, message, hint) };
    }
    default:
      // Lines of a newer server are none of ours.
      return hunt;
  }
}

/** What is known after some more lines. */
export function heard(hunt: Hunt, lines: HuntLine[]): Hunt {
  const days = lines.filter((line) => line.kind === "day");
  const events = lines.filter((line) => line.kind === "events").flatMap((line) => line.events);
  const more = {
    ...hunt,
    days: days.length > 0 ? [...hunt.days, ...days] : hunt.days,
    events: events.length > 0 ? [...hunt.events, ...events] : hunt.events,
  };
  return lines.reduce(one, more);
}

/** What is known when no more lines come. */
export function ended(hunt: Hunt): Hunt {
  if (hunt.state !== "running") return hunt;
  const error = new ApiError(0, "broken", "the answer broke off", "run the search again");
  return { ...hunt, state: "failed", error };
}

/** Hits counted so far. */
export const hitsOf = (hunt: Hunt): number =>
  hunt.end?.hits ?? hunt.days.reduce((sum, { hits }) => sum + hits, 0);

/** Where a search stands, in a sentence. */
export function progressWords(hunt: Hunt): string {
  const hits = counted(hitsOf(hunt), "event");
  const { done, of } = hunt.progress ?? { done: 0, of: 0 };
  switch (hunt.state) {
    case "running":
      return of > 0
        ? `Searching: ${done} of ${counted(of, "day")} looked through, ${hits} found so far.`
        : "Searching…";
    case "stopped":
      return `Stopped after ${done} of ${counted(of, "day")}: ${hits} found until then.`;
    case "failed":
      return hunt.days.length > 0 ? `Failed after ${hits} were found.` : "";
    case "done":
      return `${hits} found in ${counted(of, "day")}.`;
  }
}

/** Runs a search as long as it is asked for; one that has ended is kept for whoever comes back to it. */
export function useHunt(key: string | null, ask: HuntAsk, forWhich: string | undefined) {
  const client = useQueryClient();
  const [known, setKnown] = useState<{ key: string; hunt: Hunt } | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef({ ask, round: 0 });
  const running = useRef<AbortController | null>(null);
  latest.current.ask = ask;
  useEffect(() => {
    if (key === null) return;
    const kept = client.getQueryData<Hunt>(["/hunt/search", key]);
    const again = latest.current.round !== round;
    latest.current.round = round;
    if (kept && !again) return setKnown({ key, hunt: kept });
    const controller = new AbortController();
    running.current = controller;
    let now = BEGUN;
    const show = (next: Hunt) => {
      now = next;
      if (!controller.signal.aborted) setKnown({ key, hunt: next });
    };
    const run = async () => {
      show(BEGUN);
      try {
        const hear = (lines: HuntLine[]) => show(heard(now, lines));
        await search(latest.current.ask, forCase(forWhich), hear, controller.signal);
        show(ended(now));
      } catch (error) {
        show({ ...now, state: "failed", error });
        if (error instanceof ApiError && error.status === 401)
          void client.resetQueries({ queryKey: ["/session"] });
      }
      if (now.state === "done" && !controller.signal.aborted) client.setQueryData(["/hunt/search", key], now);
    };
    void run();
    return () => controller.abort();
  }, [key, round, client, forWhich]);
  const stop = useCallback(() => {
    running.current?.abort();
    setKnown((old) =>
      old?.hunt.state === "running" ? { ...old, hunt: { ...old.hunt, state: "stopped" } } : old,
    );
  }, []);
  const again = useCallback(() => setRound((old) => old + 1), []);
  // What was found for another search is not shown under this one, not even for a moment.
  const hunt = key === null ? null : known?.key === key ? known.hunt : BEGUN;
  return { hunt, stop, again };
}
