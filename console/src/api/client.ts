import { ApiError, toError } from "./errors";

/** Extra headers of a request. */
export type Headers = Record<string, string>;
/** Parameters of an address. */
export type Params = Record<string, string | number | undefined>;

let csrf = "";

/** Remembers the token that every write must carry. */
export function rememberCsrf(token: string): void {
  csrf = token;
}

/** Says which case a request is for, so that the ledger knows and the policies can weigh it. */
export function forCase(id: string | undefined): Headers {
  return id ? { "x-tandem-case": id } : {};
}

async function answered(path: string, init?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v1${path}`, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init?.signal?.aborted) throw error;
    throw new ApiError(0, "offline", "the server cannot be reached", "check that `tandem serve` runs");
  }
  if (answer.ok) return answer;
  throw toError(answer.status, await answer.json().catch(() => null));
}

async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const answer = await answered(path, init);
  if (answer.status === 204) return undefined as T;
  return (await answer.json().catch(() => null)) as T;
}

/** An address with its parameters; those without a value are left out. */
export function withParams(path: string, params: Params): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

const plain = (headers: Headers): RequestInit | undefined =>
  Object.keys(headers).length > 0 ? { headers } : undefined;

/** Reads from the API. Parameters without a value are left out. */
export function get<T>(path: string, params: Params = {}, headers: Headers = {}): Promise<T> {
  return ask<T>(withParams(path, params), plain(headers));
}

function writing(body: unknown, method: string, headers: Headers): RequestInit {
  return {
    method,
    headers: { "content-type": "application/json", "x-tandem-csrf": csrf, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  };
}

/** Writes through the API. */
export function send<T>(path: string, body?: unknown, method = "POST", headers: Headers = {}): Promise<T> {
  return ask<T>(path, writing(body, method, headers));
}

/** Sends a file's bytes as they are. */
export function sendFile<T>(path: string, params: Params, file: Blob, headers: Headers = {}): Promise<T> {
  const type = file.type || "application/octet-stream";
  return ask<T>(withParams(path, params), {
    method: "POST",
    headers: { "content-type": type, "x-tandem-csrf": csrf, ...headers },
    body: file,
  });
}

/** Reads a file. */
export async function getFile(path: string, headers: Headers = {}): Promise<Blob> {
  return (await answered(path, plain(headers))).blob();
}

/** Asks for something that is made for the asking, and gives back the answer as it comes. */
export function sendForAnswer(
  path: string,
  body: unknown,
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<Response> {
  const init = writing(body, "POST", headers);
  return answered(path, signal ? { ...init, signal } : init);
}

/** Asks for a file that is made for the asking. */
export async function sendForFile(path: string, body: unknown): Promise<Blob> {
  return (await sendForAnswer(path, body)).blob();
}
