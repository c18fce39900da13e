"use client";
import type { ReactNode } from "react";
import { answerParameters } from "@/components/steering/encoder/answer-params";
import { EncoderBench } from "@/components/steering/encoder/encoder-bench";
import { SteerBench } from "@/components/steering/steer-bench";
import { steerParameters } from "@/components/steering/steer-params";
import { FragmentAddress } from "@/components/ui/address/fragment-address";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { RunRecord } from "@/lib/contract/run";
import type { LatentMethod } from "@/lib/contract/run-config";
import type { TaskKind } from "@/lib/contract/tasks/tasks";

type BenchProps = {
  readonly detail: RunRecord;
  readonly method: LatentMethod;
  readonly collections: readonly CollectionSummary[];
};

/** Where the latents of each task are steered, with what its address says; a kind that lacks it does not compile. */
export const benches: { readonly [Kind in TaskKind]: (props: BenchProps) => ReactNode } = {
  languageModel: TextBench,
  classification: AnswerBench,
  regression: AnswerBench,
};

function TextBench(props: BenchProps) {
  return (
    <FragmentAddress parameters={steerParameters}>
      <SteerBench {...props} />
    </FragmentAddress>
  );
}

function AnswerBench(props: BenchProps) {
  return (
    <FragmentAddress parameters={answerParameters}>
      <EncoderBench {...props} />
    </FragmentAddress>
  );
}
