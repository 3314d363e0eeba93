/** What reminds one of one's work outside of Tandem: shapes of the API and their queries. */
import { useQuery } from "@tanstack/react-query";
import { get, send } from "./client";

export interface Reminders {
  /** The calendar that can be subscribed to. */
  calendar: { made: string; last_used: string | null } | null;
  /** Hour of the day, 0 to 23. */
  digest_hour: number | null;
  /** Zone of that hour. */
  time_zone: string;
  /** Why there can be no mail. */
  digest_off: string | null;
}

/** Shown once. */
export interface CalendarAddress {
  path: string;
}

/** Read again with the account: its key begins alike. */
export const useReminders = () =>
  useQuery({
    queryKey: ["/account", "reminders"],
    queryFn: () => get<Reminders>("/account/reminders"),
    staleTime: 0,
  });

export const reminding = {
  makeCalendar: () => send<CalendarAddress>("/account/calendar", {}),
  endCalendar: () => send<void>("/account/calendar", undefined, "DELETE"),
  setDigest: (hour: number | null) => send<Reminders>("/account/digest", { hour }, "PUT"),
};
