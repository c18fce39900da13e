"use client";
import { useQuery } from "@tanstack/react-query";
import { collectionsQuery } from "@/lib/client/latents";
import type { ForgettingResult } from "@/lib/contract/forgetting";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import { forgettingWords } from "./forgetting-words";
import { HarmTable } from "./harm-table";
import { Repair } from "./repair";
import { TradeTable } from "./trade-table";

type ForgettingViewProps = {
  readonly runId: string;
  readonly method: LatentMethod;
  readonly result: ForgettingResult;
  readonly isAtWork: boolean;
};

/** What the adapter costs on general text, which latents do, and what a repaired adapter would keep. */
export function ForgettingView({ runId, method, result, isAtWork }: ForgettingViewProps) {
  const collections = useQuery(collectionsQuery(runId)).data;
  const collection = collections?.find(({ status }) => status === "finished") ?? null;
  const { noun } = latentMethodOf({ method });
  const { general, own, groups, latents, proposed, expected, measured, isHeldOut } = result;
  return (
    <section className="stack fit gap-12" aria-label="Forgetting">
      {!isAtWork && <p>{forgettingWords(result, noun)}</p>}
      <p className="small mid">
        General text: loss {formatFixed(general.base, 4)} with the base model, {formatFixed(general.adapter, 4)} with the adapter, over{" "}
        {formatInteger(general.labelTokens)} label tokens. The run’s {isHeldOut ? "held-out" : "own"} text: {formatFixed(own.base, 4)} and{" "}
        {formatFixed(own.adapter, 4)}, over {formatInteger(own.labelTokens)}. {formatPlural(groups.length, "group")} and{" "}
        {formatPlural(latents.length, noun)} were ablated on other rows.
      </p>
      {expected !== null && measured !== null && (
        <>
          <TradeTable expected={expected} measured={measured} />
          <p className="note">
            Forgetting is adapter minus base on general text, gain is base minus adapter on the run’s own. Intervals are 95&#8239;%
            bootstrap intervals over rows. The rows that chose the set show it better than it is.
          </p>
          {!isAtWork && <Repair runId={runId} collectionId={collection?.id ?? null} proposed={proposed} noun={noun} />}
        </>
      )}
      {latents.length > 0 && <HarmTable runId={runId} collection={collection} result={result} noun={noun} />}
    </section>
  );
}
