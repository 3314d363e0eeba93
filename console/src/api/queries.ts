import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCase } from "../url";
import { forCase, get, type Params, send } from "./client";
import type {
  AlertDetail,
  AlertSummary,
  EventDetail,
  EventList,
  Hours,
  Overview,
  QueryAnswer,
  QueueView,
  RejectDetail,
  RejectList,
  ReplayAnswer,
  RuleDetail,
  RuleList,
  Session,
  SourceList,
  StatusChange,
  Story,
  SubjectList,
  Timeline,
} from "./types";

function useGet<T>(path: string, params: Params = {}, enabled = true) {
  return useQuery({ queryKey: [path, params], queryFn: () => get<T>(path, params), enabled });
}

/** Reads for the case that the address names, if it names one. */
function useCaseGet<T>(path: string, params: Params = {}, enabled = true) {
  const headers = forCase(useCase());
  return useQuery({
    queryKey: [path, params, headers],
    queryFn: () => get<T>(path, params, headers),
    enabled,
  });
}

const part = (id: string) => encodeURIComponent(id);

export const useSessionQuery = () => useGet<Session>("/session");
export const useOverview = () => useGet<Overview>("/overview");
export const useQueue = (params: Params, enabled: boolean) => useGet<QueueView>("/queue", params, enabled);
export const useAlert = (id: string) => useCaseGet<AlertDetail>(`/alerts/${part(id)}`);
export const useSubjects = (params: Params) => useGet<SubjectList>("/subjects", params);
export const useStory = (id: string, at?: string) => useCaseGet<Story>(`/subjects/${part(id)}`, { at });
export const useTimeline = (id: string, to?: string) =>
  useCaseGet<Timeline>(`/subjects/${part(id)}/timeline`, { to });
export const useHours = (id: string, to?: string) => useCaseGet<Hours>(`/subjects/${part(id)}/hours`, { to });
export const useSubjectEvents = (id: string, params: Params) =>
  useCaseGet<EventList>(`/subjects/${part(id)}/events`, params);
export const useEvent = (id: string) => useCaseGet<EventDetail>(`/events/${part(id)}`);
export const useSources = () => useGet<SourceList>("/sources");
export const useRejects = (params: Params) => useGet<RejectList>("/rejects", params);
export const useReject = (id: string) => useGet<RejectDetail>(`/rejects/${part(id)}`);
export const useRules = () => useGet<RuleList>("/rules");
export const useRule = (id: string) => useGet<RuleDetail>(`/rules/${part(id)}`);

/** Runs one SQL statement; kept by its text, so that going back shows it again. */
export function useSql(sql: string | undefined) {
  const headers = forCase(useCase());
  return useQuery({
    queryKey: ["/query", sql, headers],
    queryFn: () => send<QueryAnswer>("/query", { sql, limit: 1000 }, "POST", headers),
    enabled: sql !== undefined && sql.trim() !== "",
  });
}

/** Takes, reopens or closes an alert. */
export function useStatusChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...change }: StatusChange & { id: string }) =>
      send<AlertSummary>(`/alerts/${part(id)}/status`, change),
    onSuccess: () => client.invalidateQueries(),
  });
}

/** Tries rejected records again. */
export function useReplay() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (asked: { ids?: number[]; source?: string }) => send<ReplayAnswer>("/rejects/replay", asked),
    onSuccess: () => client.invalidateQueries(),
  });
}
