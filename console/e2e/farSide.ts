import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { expect } from "@playwright/test";

/** Where Tandem's settings expect a system that carries out actions, as `cargo xtask test` hands it over. */
interface Place {
  port: number;
  /** `whsec_…`, shared with Tandem. */
  key: string;
}

/** What is asked for. */
export interface Asked {
  id: string;
  phase: string;
  action: string;
  case: string;
  subject: string;
  accounts?: string[];
}

/** From `TANDEM_E2E_FAR_SIDE`; nothing if the settings name none. */
function place(): Place | null {
  const { TANDEM_E2E_FAR_SIDE } = process.env;
  return TANDEM_E2E_FAR_SIDE ? (JSON.parse(TANDEM_E2E_FAR_SIDE) as Place) : null;
}

/** A signature as Standard Webhooks has it. */
function signature(key: string, id: string, seconds: string, body: string): string {
  const secret = Buffer.from(key.replace("whsec_", ""), "base64");
  return `v1,${createHmac("sha256", secret).update(`${id}.${seconds}.${body}`).digest("base64")}`;
}

const header = (headers: IncomingHttpHeaders, name: string): string => String(headers[name] ?? "");

/** Starts a system that does what it is asked, says so, and remembers it; whatever is not signed it refuses. */
export async function farSide(says: string): Promise<{ asked: Asked[]; close: () => void } | null> {
  const at = place();
  if (at === null) return null;
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts).toString("utf8");
    const [id, seconds] = [
      header(request.headers, "webhook-id"),
      header(request.headers, "webhook-timestamp"),
    ];
    const signed = header(request.headers, "webhook-signature").split(" ");
    if (!signed.includes(signature(at.key, id, seconds, body))) {
      response.writeHead(401).end();
      return;
    }
    asked.push((JSON.parse(body) as { data: Asked }).data);
    const answer = JSON.stringify({ ok: true, text: says });
    response
      .writeHead(200, {
        "webhook-id": id,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(at.key, id, seconds, answer),
      })
      .end(answer);
  });
  await new Promise<void>((ready) => server.listen(at.port, "127.0.0.1", ready));
  expect(server.listening).toBe(true);
  return { asked, close: () => server.close() };
}
