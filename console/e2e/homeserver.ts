import { expect } from "@playwright/test";

/** The homeserver that `homeserver.py` started, as `cargo xtask test` hands it over. */
interface Homeserver {
  address: string;
  domain: string;
  /** The room that Tandem, the colleague and the stranger are in. */
  room: string;
  /** Access tokens by account. */
  tokens: Record<string, string>;
}

/** From `TANDEM_E2E_CHAT`; nothing if no homeserver runs. */
export function homeserver(): Homeserver | null {
  const { TANDEM_E2E_CHAT } = process.env;
  return TANDEM_E2E_CHAT ? (JSON.parse(TANDEM_E2E_CHAT) as Homeserver) : null;
}

/** Somebody with an ordinary Matrix client. */
export class Chatter {
  private said = 0;

  constructor(
    private readonly at: Homeserver,
    private readonly name: string,
  ) {}

  get user(): string {
    return `@${this.name}:${this.at.domain}`;
  }

  private async ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const answer = await fetch(`${this.at.address}/_matrix/client/v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.at.tokens[this.name]}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  }

  /** The room of a case, once Tandem has made it. */
  async roomOf(id: string): Promise<string> {
    const alias = encodeURIComponent(`#case-${id.toLowerCase()}:${this.at.domain}`);
    let room: unknown;
    await expect
      .poll(
        async () => {
          room = (await this.ask("GET", `directory/room/${alias}`)).room_id;
          return typeof room;
        },
        { timeout: 60_000, message: `a room of ${id}` },
      )
      .toBe("string");
    return room as string;
  }

  async join(room: string): Promise<void> {
    const joined = await this.ask("POST", `join/${encodeURIComponent(room)}`, {});
    expect(joined.room_id, JSON.stringify(joined)).toBe(room);
  }

  async invite(room: string, other: Chatter): Promise<void> {
    await this.ask("POST", `rooms/${encodeURIComponent(room)}/invite`, { user_id: other.user });
  }

  async say(room: string, body: string): Promise<void> {
    const path = `rooms/${encodeURIComponent(room)}/send/m.room.message/${this.name}-${this.said++}-${Date.now()}`;
    const sent = await this.ask("PUT", path, { msgtype: "m.text", body });
    expect(sent.event_id, JSON.stringify(sent)).toBeTruthy();
  }

  /** What was said in a room, oldest first. */
  async read(room: string): Promise<string[]> {
    const found = await this.ask("GET", `rooms/${encodeURIComponent(room)}/messages?dir=b&limit=200`);
    const { chunk = [] } = found as { chunk?: { content: { body?: string } }[] };
    return chunk.flatMap(({ content }) => content.body ?? []).reverse();
  }

  /** Waits until something is said in a room, and gives it back. */
  async hears(room: string, words: RegExp): Promise<string> {
    let said = "";
    await expect
      .poll(
        async () => {
          said = (await this.read(room)).findLast((text) => words.test(text)) ?? "";
          return said;
        },
        { timeout: 60_000, message: `${words} in the room` },
      )
      .toMatch(words);
    return said;
  }
}
