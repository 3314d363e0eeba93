/** A refusal of the server: its words and the way out. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}

/** Reads an error out of an answer, whatever its shape. */
export function toError(status: number, body: unknown): ApiError {
  const error = (body as { error?: { code?: string; message?: string; hint?: string } } | null)?.error;
  const message = error?.message ?? `the server answered ${status}`;
  return new ApiError(status, error?.code ?? "unknown", message, error?.hint ?? "try again in a moment");
}
