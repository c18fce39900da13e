"use client";
import type { ReactNode } from "react";
import { effectDoubt } from "@/components/latents/effect-doubt";
import { firingWord } from "@/components/latents/firing-word";
import { formatNats } from "@/components/latents/range-words";
import { type CollectionSummary, isOfNoisyImages, type LatentDetail, type LatentRow } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { selectivityTrials } from "@/lib/contract/selectivity-trials";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPercent, formatPlural, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import { controlWords, writeEffect } from "./effect-rows";
import { effectiveRankOf, effectiveRankWords } from "./effective-rank";
import { lossWords } from "./loss-words";
import { MeasureEffect } from "./measure-effect";

type LatentNumbersProps = {
  readonly detail: LatentDetail;
  readonly collection: CollectionSummary;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: string;
  /** Whether it fires everywhere: then its activation and its weights are shown in place of its firings and domain. */
  readonly isDense: boolean;
  /** False for an imported dictionary, which has no adapter to ablate. */
  readonly mayMeasure: boolean;
  /** Whether nothing can be started from here. */
  readonly isReadOnly?: boolean;
  readonly loss: TaskKind;
};

/** The four key numbers of a latent, each with its denominator. */
export function LatentNumbers({ detail, collection, noun, isDense, mayMeasure, isReadOnly = false, loss }: LatentNumbersProps) {
  const { row } = detail;
  return (
    <div className="nums">
      {isDense ? <ActivationCell detail={detail} /> : <FiringCell detail={detail} />}
      <ShareCell detail={detail} />
      <EffectCell
        row={row}
        collectionId={collection.id}
        each={firingWord(isDense)}
        obstacle={
          isOfNoisyImages(collection) ? "not measured of diffusion models" : mayMeasure ? null : "a dictionary has no adapter to ablate"
        }
        isReadOnly={isReadOnly}
        loss={loss}
      />
      {isDense ? <WeightCell detail={detail} collection={collection} noun={noun} /> : <DomainCell row={row} domains={collection.domains} />}
    </div>
  );
}

function FiringCell({ detail: { row, positionKind, tokens, k, numLatents } }: { readonly detail: LatentDetail }) {
  return (
    <Cell name="Firings" value={formatInteger(row.fireCount)} unit={positionKindOf(positionKind).plural}>
      of {formatInteger(tokens)} counted: {formatPercent(row.density, row.density < 0.01 ? 3 : 1)}
      {k >= numLatents ? "" : `; mean of a latent ${formatPercent(k / numLatents, 2)}`}
    </Cell>
  );
}

/** Where a dense component's activations lie about 0. */
function ActivationCell({ detail: { row, histogram, positionKind, tokens } }: { readonly detail: LatentDetail }) {
  const { meanActivation: mean, meanSquare } = row;
  if (mean === null || meanSquare === null) {
    return (
      <Cell name="Mean activation" value={notMeasured}>
        {row.fireCount === 0 ? "always 0" : "unknown"}
      </Cell>
    );
  }
  const spread = Math.sqrt(Math.max(0, meanSquare - mean ** 2));
  const positive = histogram.positive.reduce((sum, count) => sum + count, 0);
  return (
    <Cell name="Mean activation" value={formatSignificant(mean)} unit={`SD ${formatSignificant(spread)}`}>
      positive at {formatPercent(positive / tokens, 1)} of {formatInteger(tokens)} {positionKindOf(positionKind).plural}
    </Cell>
  );
}

type WeightCellProps = Pick<LatentNumbersProps, "detail" | "collection" | "noun">;

/** What a dense component adds to the weights, beside its whole module. */
function WeightCell({ detail: { row, spectrum, numLatents }, collection, noun }: WeightCellProps) {
  const { weightNorm } = row;
  if (weightNorm === null) {
    return (
      <Cell name="Weight norm" value={notMeasured}>
        collect again to see it
      </Cell>
    );
  }
  const largest = spectrum?.singularValues[0];
  const rank = effectiveRankWords(effectiveRankOf(collection, row.module), numLatents);
  return (
    <Cell name="Weight norm" value={formatSignificant(weightNorm)}>
      {largest === undefined
        ? `of what the ${noun} adds to the weights`
        : `module’s largest singular value ${formatSignificant(largest)}${rank === "" ? "" : `; ${rank}`}`}
    </Cell>
  );
}

function ShareCell({ detail }: { readonly detail: LatentDetail }) {
  const { row, outputShareRank, numLatents } = detail;
  if (row.outputShare === null) {
    return (
      <Cell name="Share of module output" value={notMeasured}>
        {row.fireCount === 0 ? "never fires" : "unknown"}
      </Cell>
    );
  }
  return (
    <Cell name="Share of module output" value={formatPercent(row.outputShare, Math.abs(row.outputShare) < 0.01 ? 2 : 1)}>
      {outputShareRank === null ? "" : `rank ${formatInteger(outputShareRank)} of ${formatInteger(numLatents)}; `}mean{" "}
      {formatPercent(1 / numLatents, 2)}
    </Cell>
  );
}

function EffectCell({
  row,
  collectionId,
  each,
  obstacle,
  isReadOnly,
  loss,
}: {
  readonly row: LatentRow;
  readonly collectionId: string;
  /** What its effects are means over: `firing`. */
  readonly each: string;
  /** Why it cannot be measured; null where it can. */
  readonly obstacle: string | null;
  readonly isReadOnly: boolean;
  readonly loss: TaskKind;
}) {
  const { ablation } = row;
  const { name, unit } = lossWords(loss);
  if (ablation === null) {
    return (
      <Cell name={`${name}, ablated`} value={notMeasured}>
        {obstacle === null && !isReadOnly && row.fireCount > 0 && <MeasureEffect collectionId={collectionId} latent={row} />}
        {obstacle ?? attributionWords(row, each)}
      </Cell>
    );
  }
  const { value, interval } = writeEffect(ablation.perFiring, ablation.halfWidth);
  const doubt = effectDoubt(ablation.perFiring, ablation.halfWidth);
  const controls = controlWords(ablation.controlPerFiring, ablation.controlHalfWidth);
  return (
    <Cell name={`${name}, ablated`} value={<span className={doubt === "" ? undefined : "dim"}>{value}</span>} unit={interval}>
      {unit} per {each}
      {doubt === "" ? "" : `, ${doubt}`}
      {controls === "" ? "" : `; ${controls}`}
      {attributionWords(row, each) === "" ? "" : "; "}
      {attributionWords(row, each)}
    </Cell>
  );
}

function attributionWords({ attribution, attributionCount }: LatentRow, each: string): string {
  if (attribution === null) return "";
  return `attribution ${formatNats(attribution)} over ${formatPlural(attributionCount, each)}`;
}

function DomainCell({ row, domains }: { readonly row: LatentRow; readonly domains: CollectionSummary["domains"] }) {
  const { topDomain, selectivity, selectivityInterval } = row;
  const name = isOfNoisyImages({ domains }) ? "Time step" : "Domain";
  if (topDomain === null || selectivity === null) {
    return (
      <Cell name={name} value={notMeasured}>
        {row.fireCount === 0 ? "never fires" : "the data has no domains"}
      </Cell>
    );
  }
  const tooFew = tooFewWords(selectivityTrials(row, domains));
  const interval =
    selectivityInterval === null
      ? ""
      : tooFew !== ""
        ? `; ${tooFew}`
        : ` [${selectivityInterval.map((end) => formatSignificant(end * 100, 3)).join(", ")}]`;
  return (
    <Cell name={name} value={topDomain} unit={formatPercent(selectivity, 0)}>
      of balanced firings{interval}
    </Cell>
  );
}

type CellProps = { readonly name: string; readonly value: ReactNode; readonly unit?: string; readonly children: ReactNode };

function Cell({ name, value, unit, children }: CellProps) {
  return (
    <div>
      <div className="k">{name}</div>
      <div className="v">
        {value}
        {unit === undefined || unit === "" ? null : <small> {unit}</small>}
      </div>
      <div className="x">{children}</div>
    </div>
  );
}
