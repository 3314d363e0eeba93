/** The ledger: shapes of the API and their queries. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { get, type Params } from "./client";

export interface LedgerRow {
  seq: number;
  at: string;
  who: string;
  role: string;
  act: string;
  subject: string | null;
  case: string | null;
  purpose: string | null;
  object: string | null;
  hash: string;
}

export interface LedgerView {
  size: number;
  rows: LedgerRow[];
  next: number | null;
  checkpoint: string | null;
  public_key: string;
}

export interface LedgerCheck {
  holds: boolean;
  sentence: string;
  rows: number;
  checkpoints: number;
  broken_row: number | null;
}

/** Where the whole ledger is saved from. */
export const LEDGER_EXPORT = "/api/v1/ledger/export";

export const useLedger = (params: Params, enabled: boolean) =>
  useQuery({
    queryKey: ["/ledger", params],
    queryFn: () => get<LedgerView>("/ledger", params),
    enabled,
  });

/** Checks the whole ledger; asked for by a person, since it reads everything. */
export const useLedgerCheck = () => useMutation({ mutationFn: () => get<LedgerCheck>("/ledger/check") });
