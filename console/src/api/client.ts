import { ApiError, toError } from "./errors";

let csrf = "";

/** Remembers the token that every write must carry. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError(0, "offline", "the server cannot be reached", "check that `tandem serve` runs");
  }
  if (answer.status === 204) return undefined as T;
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw toError(answer.status, body);
  return body as T;
}

/** Reads from the API. Parameters without a value are left out. */
export function get<T>(path: string, params: Record<string, string | number | undefined> = {}): Promise<T> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return ask<T>(text ? `${path}?${text}` : path);
}

/** Writes through the API. */
export function send<T>(path: string, body?: unknown, method = "POST"): Promise<T> {
  const headers = { "content-type": "application/json", "x-tandem-csrf": csrf };
  return ask<T>(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}
