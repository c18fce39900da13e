"use client";
import { useCallback, useDeferredValue, useMemo } from "react";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentWordsOf } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { ModuleReading } from "./module-reading";
import { type RankedLatent, type RankMeasure, rankLatents, type Span } from "./rank-latents";
import type { RankFacts } from "./rank-words";
import { largestOf } from "./token-sums";
import type { Reading } from "./use-reading";

/** Latents that are listed; ours. */
const listed = 40;

type Asked = {
  readonly reading: Reading;
  readonly collection: CollectionSummary | null;
  readonly method: LatentMethod;
  /** What a person ranks by; null leaves it to the page. */
  readonly wanted: RankMeasure | null;
  readonly span: Span | null;
};

/** The latents of a reading, ranked over a span of it, and what they can be ranked by. */
export function useRanking({ reading, collection, method, wanted, span }: Asked) {
  const { readings } = reading;
  const last = reading.tokens.length - 1;
  const positions = collection?.tokens ?? 0;
  const facts = useMemo(() => factsOf(reading, collection, method), [reading, collection, method]);
  const usual = facts.unspecific === null ? "specificity" : "outputShare";
  const isPossible =
    (wanted !== "specificity" || facts.unspecific === null) &&
    (wanted !== "attribution" || facts.attributed !== null || readings.length === 0);
  const measure = wanted !== null && isPossible ? wanted : usual;

  const colourMaxes = useMemo(() => new Map(collection?.modules.map(({ name, colourMax }) => [name, colourMax])), [collection]);
  const colourMaxOf = useCallback((one: ModuleReading) => colourMaxes.get(one.module) ?? largestOf(one.activations), [colourMaxes]);
  const scales = useMemo(() => ({ scaleOf: (module: string) => colourMaxes.get(module) ?? 1, positions }), [colourMaxes, positions]);
  // Typing and dragging go before the ranking of half a million entries.
  const asked = useDeferredValue(useMemo(() => ({ readings, span, last, measure }), [readings, span, last, measure]));
  const ranked = useMemo(() => {
    if (asked.last < 0) return [];
    return rankLatents(asked.readings, asked.span ?? { from: 0, to: asked.last }, asked.measure, scales, listed);
  }, [asked, scales]);
  const strongestIn = useCallback(
    (line: Span): RankedLatent | null => rankLatents(asked.readings, line, asked.measure, scales, 1)[0] ?? null,
    [asked.readings, asked.measure, scales],
  );
  return { ranked, measure, facts, strongestIn, colourMaxOf, positions };
}

function factsOf({ readings, answer, attributedTo }: Reading, collection: CollectionSummary | null, method: LatentMethod): RankFacts {
  const hasAttribution = readings.some(({ attributions }) => attributions !== null);
  return {
    attributed: hasAttribution ? attributedOf(answer, attributedTo) : null,
    unspecific: unspecificOf(readings, collection, method),
    isScaled: collection !== null,
  };
}

/** What attributions are of: the text's own loss, that of a class, or a number. */
function attributedOf(answer: Reading["answer"], attributedTo: string | null): RankFacts["attributed"] {
  if (answer === null) return { kind: "text" };
  return attributedTo === null ? { kind: "number" } : { kind: "class", name: attributedTo };
}

function unspecificOf(readings: readonly ModuleReading[], collection: CollectionSummary | null, method: LatentMethod): string | null {
  const { noun, hasTopK } = latentWordsOf(method);
  if (!hasTopK) return `Every ${noun} is active at every token`;
  const isKnown = readings.length === 0 ? collection !== null : readings.some(({ collected }) => collected !== null);
  return isKnown ? null : "Collect statistics first: how often each latent fires is not known";
}
