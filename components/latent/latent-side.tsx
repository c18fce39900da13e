"use client";
import { NotePanel } from "@/components/labels/note-panel";
import type { LatentHome } from "@/components/latents/latent-home";
import type { CollectionSummary, LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { ClassTable } from "./class-table";
import { ConceptPanel } from "./concept-panel";
import { DomainTable } from "./domain-table";
import { PlaceMap } from "./place-map";
import { RelatedPanel } from "./related-panel";
import { StatisticsPanel } from "./statistics-panel";
import { TokenPanels } from "./token-panels";
import { TrainingPanel } from "./training-panel";
import type { LatentAddress } from "./use-latent-address";

export type ShownLatent = {
  readonly home: LatentHome;
  readonly detail: LatentDetail;
  readonly collection: CollectionSummary;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: "latent" | "component";
  readonly isDense: boolean;
  readonly address: LatentAddress;
  readonly loss: TaskKind;
};

/** The panels next to the examples: tokens, domains, statistics, related latents, training; notes last. */
export function LatentSide({ home, detail, collection, noun, isDense, address }: ShownLatent) {
  const { row } = detail;
  const positions = positionKindOf(detail.positionKind);
  return (
    <>
      {row.fireCount > 0 && (
        <>
          <TokenPanels detail={detail} isDense={isDense} hasNext />
          {!isDense && (
            <>
              <DomainTable
                detail={detail}
                chosen={address.choice.domain}
                onChoose={(domain) => address.setChoice({ ...address.choice, domain })}
              />
              <ClassTable classes={detail.classes} />
              <PlaceMap detail={detail} />
            </>
          )}
          {home.kind === "run" && <ConceptPanel runId={home.runId} concepts={detail.concepts} noun={noun} />}
          <StatisticsPanel row={row} noun={noun} isDense={isDense} positions={positions} />
        </>
      )}
      <RelatedPanel home={home} detail={detail} collection={collection} params={address.params} noun={noun} isDense={isDense} />
      {home.kind === "run" && !isDense && <TrainingPanel detail={detail} />}
      <NotePanel
        key={`${row.module} ${row.index}`}
        collectionId={collection.id}
        latent={{ module: row.module, index: row.index }}
        positions={positions}
        label={detail.label}
      />
    </>
  );
}
