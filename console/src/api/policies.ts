/** The policies in force: shapes of the API as `tandem-server` writes them, and their queries. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { get, type Params } from "./client";

export interface Policy {
  id: string;
  why: string;
  allows: boolean;
  /** From 1. */
  line: number;
  last: number;
}

export interface PolicyFile {
  name: string;
  state: "shipped" | "changed" | "own";
  text: string;
  diff: string | null;
  policies: Policy[];
}

export interface PolicySet {
  /** Null for those that came with the program. */
  folder: string | null;
  setting: string;
  files: PolicyFile[];
  left_out: string[];
  invariants: { name: string; holds: string }[];
  accounts: string[];
}

export interface Word {
  id: string;
  means: string;
}

export interface Grant {
  purposes: string[];
  situations: string[];
}

export interface MatrixRow {
  role: string;
  department: string | null;
  class: string;
  note: string | null;
  action: string;
  does: string;
  grants: Grant[];
  policies: string[];
}

export interface Matrix {
  rows: MatrixRow[];
  of: number;
  situations: Word[];
  roles: Word[];
  purposes: Word[];
  actions: Word[];
  classes: Word[];
}

/** Policies do not change while the server runs. */
export const usePolicies = (enabled: boolean) =>
  useQuery({
    queryKey: ["/policies"],
    queryFn: () => get<PolicySet>("/policies"),
    enabled,
    staleTime: 300_000,
  });

export const useMatrix = (params: Params) =>
  useQuery({
    queryKey: ["/policies/matrix", params],
    queryFn: () => get<Matrix>("/policies/matrix", params),
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
