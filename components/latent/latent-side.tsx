"use client";
import { LabelPanel } from "@/components/labels/label-panel";
import { type LatentHome, latentHrefIn } from "@/components/latents/latent-home";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";
import { AnswerChangePanel } from "./answer-change-panel";
import { DomainTable } from "./domain-table";
import { EffectPanel } from "./effect-panel";
import { RelatedPanel } from "./related-panel";
import { StatisticsPanel } from "./statistics-panel";
import { TokenCounts } from "./token-counts";
import { TrainingPanel } from "./training-panel";
import type { LatentAddress } from "./use-latent-address";
import { WritesPanel } from "./writes-panel";

export type ShownLatent = {
  readonly home: LatentHome;
  readonly detail: LatentDetail;
  readonly collection: CollectionSummary;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: "latent" | "component";
  readonly address: LatentAddress;
  readonly loss: TaskKind;
};

/** The panels next to the examples: tokens, domains, effects, related latents, training; the label last. */
export function LatentSide({ home, detail, collection, noun, address, loss }: ShownLatent) {
  const { row } = detail;
  const positions = positionKindOf(detail.positionKind);
  const isDictionary = home.kind === "dictionary";
  const answer = detail.effects.find((effect) => effect.answer !== undefined)?.answer;
  return (
    <>
      {row.fireCount > 0 && (
        <>
          {positions.hasVocabulary && (
            <>
              <TokenCounts title="Top tokens" tokens={row.topTokens} fireCount={row.fireCount} empty="No tokens counted." />
              <TokenCounts title="Next tokens" tokens={detail.nextTokens} fireCount={row.fireCount} empty="No next tokens counted." />
            </>
          )}
          <DomainTable
            detail={detail}
            chosen={address.choice.domain}
            onChoose={(domain) => address.setChoice({ ...address.choice, domain })}
          />
          <StatisticsPanel row={row} noun={noun} positions={positions} />
          <EffectPanel effects={detail.effects} loss={loss} />
          {tasks[loss].continuesText ? <WritesPanel detail={detail} isDictionary={isDictionary} /> : <AnswerChangePanel answer={answer} />}
        </>
      )}
      <RelatedPanel home={home} detail={detail} collection={collection} params={address.params} noun={noun} />
      {!isDictionary && noun === "latent" && <TrainingPanel detail={detail} />}
      <LabelPanel
        key={`${row.module} ${row.index}`}
        collectionId={collection.id}
        latent={{ module: row.module, index: row.index }}
        positions={positions}
        label={detail.label}
        automatic={automaticLabel(row, positions)}
        hrefOf={(other) => latentHrefIn(home, other, address.params)}
      />
    </>
  );
}
