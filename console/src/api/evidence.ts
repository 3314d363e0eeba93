/** Evidence of a case, and the sealed export of the whole. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type CaseView, key, path, useKeep } from "./cases";
import { getFile, sendFile, sendForFile } from "./client";

/** Largest item of evidence, bytes. */
export const ITEM_MOST = 25 * 1024 * 1024;

/** Takes an item of evidence in. */
export function useUpload(id: string) {
  return useMutation({
    mutationFn: ({ file, source }: { file: File; source: string }) =>
      sendFile<CaseView>(`${path(id)}/evidence`, { name: file.name, source }, file),
    ...useKeep(id),
  });
}

/** Reads an item of evidence; the look is a link of its chain of custody, so the case is read again. */
export function useEvidence(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (item: string) => getFile(`${path(id)}/evidence/${encodeURIComponent(item)}`),
    onSettled: () => client.invalidateQueries({ queryKey: key(id) }),
  });
}

/** Makes the sealed export of a whole case. */
export function useExport(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string) => sendForFile(`${path(id)}/export`, { reason }),
    onSuccess: () => client.invalidateQueries({ queryKey: key(id) }),
  });
}
