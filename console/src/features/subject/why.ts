/** Motive and way in words, for people who know no statistics. */
import type { Cause, MotiveView, Phase, PhaseSpan, Reason, WayView } from "../../api/risk";

/** What each cause means. */
export const CAUSES: Record<Cause, { name: string; means: string }> = {
  negligent: { name: "Careless", means: "knows the rule and does not take care" },
  ignorant: { name: "Does not know better", means: "was never shown the rule, or the safe way" },
  malicious: { name: "Intent", means: "means to do it" },
};

const REASONS: Record<Reason, string> = {
  grievance: "anger about something at work",
  money: "money",
  ideology: "a conviction",
  coercion: "pressure by others",
};

/** A reason behind intent, as one says it. */
export const reasonWords = (reason: Reason): string => REASONS[reason];

/** Parts of the way in their order, with what each means. */
export const PHASES: { id: Phase; name: string; means: string }[] = [
  { id: "baseline", name: "Usual", means: "works as always" },
  { id: "stress", name: "Under strain", means: "something weighs on the person" },
  { id: "exploration", name: "Looking around", means: "new rights, new places" },
  { id: "preparation", name: "Preparing", means: "gathers, packs, gets ready" },
  { id: "infringement", name: "Acting", means: "takes out, deletes, misuses" },
  { id: "concealment", name: "Covering up", means: "removes traces" },
];

const phase = (id: Phase) => PHASES.find((known) => known.id === id) ?? PHASES[0];

/** A share as one says it: in words, because two digits would claim too much. */
export function howSure(share: number): string {
  if (share >= 0.9) return "almost certainly";
  if (share >= 0.7) return "very likely";
  if (share >= 0.5) return "likely";
  return "perhaps";
}

/** The motive in one or two sentences. */
export function motiveSentences(motive: MotiveView): string[] {
  if (!motive.named) {
    const said = motive.causes.some((cause) => cause.for.length > 0);
    return [
      said
        ? "Why is not known: what there is does not point clearly one way."
        : "Why is not known: nothing speaks for one motive or another yet.",
    ];
  }
  const sentences: Record<Cause, string> = {
    negligent: "What is known speaks for carelessness.",
    ignorant: "What is known speaks for somebody who does not know better.",
    malicious: "What is known speaks for intent.",
  };
  const lines = [sentences[motive.named]];
  if (motive.named === "malicious")
    lines.push(
      motive.reason
        ? `The reason is most likely ${reasonWords(motive.reason)}.`
        : "What the reason would be is not known.",
    );
  return lines;
}

/** Where somebody is on the way, in one sentence. */
export function waySentence(way: WayView): string {
  const last = way.spans.at(-1);
  if (!last) return "Nothing is known that would say.";
  if (last.phase === "baseline") {
    const worse = way.spans.filter((span) => span.phase !== "baseline" && span.clear).at(-1);
    return worse
      ? `Back to usual since ${last.from}, after ${phaseName(worse.phase).toLowerCase()} until ${worse.to}.`
      : "Most likely working as always.";
  }
  const sure = last.clear ? `${howSure(last.probability)} ` : "perhaps ";
  return `Since ${last.from} ${sure}${phaseName(last.phase).toLowerCase()}: ${phase(last.phase)?.means ?? ""}.`;
}

/** Name of a part of the way. */
export const phaseName = (id: Phase): string => phase(id)?.name ?? id;

/** One stretch in words. */
export function spanWords(span: PhaseSpan): string {
  const when = span.from === span.to ? span.from : `${span.from} to ${span.to}`;
  return `${when}: ${span.clear ? howSure(span.probability) : "perhaps"} ${phaseName(span.phase).toLowerCase()}`;
}
