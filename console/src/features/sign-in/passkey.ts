/** Passkeys in the browser: WebAuthn's JSON forms in and out. */

/** True if this browser can use passkeys here. */
export function hasPasskeys(): boolean {
  return (
    typeof PublicKeyCredential === "function" &&
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function" &&
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function"
  );
}

function written(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new DOMException("none", "NotAllowedError");
  return credential.toJSON();
}

/** Shows a passkey of this device. */
export async function showPasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as PublicKeyCredentialRequestOptionsJSON,
  );
  return written(await navigator.credentials.get({ publicKey }));
}

/** Makes a passkey on this device. */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as PublicKeyCredentialCreationOptionsJSON,
  );
  return written(await navigator.credentials.create({ publicKey }));
}

const WORDS: Record<string, { what: string; hint: string }> = {
  NotAllowedError: {
    what: "No passkey was used",
    hint: "It was cancelled or took too long. Try again, or sign in another way.",
  },
  InvalidStateError: {
    what: "This device has a passkey of yours already",
    hint: "Use that one, or add one on another device.",
  },
  SecurityError: {
    what: "Passkeys do not work at this address",
    hint: "Open Tandem under the address that it is set up for.",
  },
  NotSupportedError: {
    what: "This device cannot make the kind of passkey that is needed",
    hint: "Use another device, or sign in another way.",
  },
};

/** What a browser's refusal means; null for anything else. */
export function refusalWords(error: unknown): { what: string; hint: string } | null {
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  return WORDS[name] ?? null;
}
