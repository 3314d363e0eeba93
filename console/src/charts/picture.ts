/** Arithmetic and words behind the picture of a departure; no React here. */
import type { Picture } from "../api/departures";
import { bytes, count, counted } from "../words/format";

/** A value in its unit, as short as it can be said. */
export function amount(value: number, unit: Picture["unit"]): string {
  if (unit === "hour") return `${String(Math.round(value)).padStart(2, "0")}:00`;
  if (unit === "bytes") return bytes(Math.round(value));
  return value > 0 && value < 10 && value % 1 !== 0 ? value.toFixed(1) : count(value);
}

/** The upper end of the scale: everything that is drawn fits, and there is always some scale. */
export function top(picture: Picture): number {
  const band = picture.band?.high ?? 0;
  const peers = picture.peers?.quantiles.at(-1) ?? 0;
  return 1.06 * Math.max(1, picture.value, band, peers, ...picture.history.map(({ value }) => value));
}

/** Where the peers mostly lay, by name; nothing if they are too few. */
export function spread(picture: Picture) {
  const [low, lower, middle, upper, high] = picture.peers?.quantiles ?? [];
  if (low === undefined || lower === undefined || middle === undefined) return null;
  if (upper === undefined || high === undefined) return null;
  return { low, lower, middle, upper, high };
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** The picture in words, for who cannot see it. */
export function pictureWords(picture: Picture, day: string): string {
  const say = (value: number) => amount(value, picture.unit);
  if (picture.kind === "hours") {
    const hour = Math.round(picture.value);
    const own = picture.own_hours?.[hour];
    const peers = picture.peer_hours?.[hour];
    return [
      `${day}: active at ${say(picture.value)}.`,
      own === undefined
        ? "Too few earlier days of this subject."
        : `So on ${percent(own)} of its earlier days.`,
      peers === undefined ? "Too few peers to be shown." : `So on ${percent(peers)} of the peers' days.`,
    ].join(" ");
  }
  const peers = spread(picture);
  const own = picture.band
    ? `Eight in ten of ${counted(picture.history.length, "earlier active day")} lay between ${say(picture.band.low)} and ${say(picture.band.high)}, half of them up to ${say(picture.band.usual)}.`
    : `Only ${counted(picture.history.length, "earlier active day")}: too few for a band.`;
  const others = peers
    ? `Eight in ten days of ${counted(picture.peers?.people ?? 0, "peer")} lay between ${say(peers.low)} and ${say(peers.high)}, half of them up to ${say(peers.middle)}.`
    : "Too few peers to be shown.";
  return `${day}: ${say(picture.value)}. ${own} ${others}`;
}
