"use client";
import { useId } from "react";
import { injectedNorm } from "@/components/generation/arm-numbers";
import styles from "@/components/generation/generation.module.css";
import type { GenerationStore } from "@/components/generation/takes/generation-store";
import { useGeneration } from "@/components/generation/takes/use-generation";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import { formatPercent, formatPlural } from "@/lib/numbers/format";
import { layOutNormGauge } from "./norm-gauge-layout";
import type { OwnRange } from "./own-range";

type NormGaugeProps = {
  readonly store: GenerationStore;
  readonly range: OwnRange | null;
  readonly hasCollection: boolean;
  /** Edits that are on in the list: with one, the room of the gauge is kept before anything is generated. */
  readonly editsOn: number;
};

/** How much the edits change what a module computes, beside the frozen product: mean and largest over the edited arm's tokens, and the adapter's own range. */
export function NormGauge({ store, range, hasCollection, editsOn }: NormGaugeProps) {
  const tokens = useGeneration(store).arms.edited?.tokens ?? [];
  const norm = injectedNorm(tokens);
  if (norm === null && editsOn === 0) return null;
  const beyond = range === null ? 0 : tokens.filter((token) => (token.injectedNorm ?? 0) > range.most).length;
  return (
    <div className={styles["gauge"]}>
      <div className="row between small wrap">
        <span className="strong">Injected norm</span>
        <span className="mid">‖change‖ / ‖W₀x‖ at each token</span>
      </div>
      <Measured height={50}>{(width) => <NormGaugeDrawing norm={norm} range={range} width={width} />}</Measured>
      <p className={`note ${styles["gaugenote"]}`}>
        {norm === null ? "Measured during edited generation." : rangeWords(norm.most, beyond, range, hasCollection)}
      </p>
    </div>
  );
}

type DrawingProps = {
  readonly norm: { readonly mean: number; readonly most: number } | null;
  readonly range: OwnRange | null;
  readonly width: number;
};

/** The gauge at a known width. */
export function NormGaugeDrawing({ norm, range, width }: DrawingProps) {
  const hatch = useId();
  const { ticks, place } = layOutNormGauge(norm?.most ?? 0, range, width);
  return (
    <Drawing
      width={width}
      height={50}
      label={norm === null ? "not measured" : `mean ${formatPercent(norm.mean)}, most ${formatPercent(norm.most)}`}
    >
      <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line x1={0} y1={0} x2={0} y2={5} stroke="var(--line-strong)" strokeWidth={1.5} />
      </pattern>
      <rect x={0} y={trackTop} width={width} height={12} rx={2} fill="var(--sunken)" />
      {range !== null && <OwnRangeMarks range={range} place={place} width={width} hatch={hatch} />}
      {range !== null && hasRoomForName(place(range.most), norm === null ? null : place(norm.most)) && (
        <text x={place(range.most)} y={trackTop - 5} textAnchor="middle">
          adapter’s own p99
        </text>
      )}
      {norm !== null && <NormMarks mean={norm.mean} most={norm.most} place={place} width={width} />}
      {ticks.map((tick, index) => (
        <text
          key={tick}
          x={place(tick)}
          y={trackTop + 29}
          textAnchor={index === 0 ? "start" : index === ticks.length - 1 ? "end" : "middle"}
        >
          {formatPercent(tick, 0)}
        </text>
      ))}
    </Drawing>
  );
}

const trackTop = 14;
/** Half of the name of the adapter's own range, and of the words on the norm: pixels at their size, with some room. */
const halfName = 48;
const halfWords = 36;
/** Of the words on mean and largest norm where they stand together. */
const jointWords = 140;

/** Whether the name of the adapter's own range stands clear of the words on the norm. */
function hasRoomForName(atRange: number, atMost: number | null): boolean {
  return atMost === null || atRange - halfName > Math.max(jointWords, atMost + halfWords);
}

type PlaceProps = { readonly place: (share: number) => number; readonly width: number };

/** Hatched where every edited module is beyond what its own update does; the narrowest module's own end is dashed. */
function OwnRangeMarks({ range, place, width, hatch }: PlaceProps & { readonly range: OwnRange; readonly hatch: string }) {
  const most = place(range.most);
  const least = place(range.least);
  return (
    <>
      <rect x={most} y={trackTop} width={width - most} height={12} fill={`url(#${hatch})`} />
      <line x1={most} y1={trackTop - 3} x2={most} y2={trackTop + 15} stroke="var(--ink)" />
      {least < most && <line x1={least} y1={trackTop - 1} x2={least} y2={trackTop + 13} stroke="var(--ink-3)" strokeDasharray="2 2" />}
    </>
  );
}

/** A bar to the mean, a whisker to the largest; their words stand apart, or together where there is no room for both. */
function NormMarks({ mean, most, place, width }: PlaceProps & { readonly mean: number; readonly most: number }) {
  const atMean = place(mean);
  const atMost = place(most);
  const words = [`mean ${formatPercent(mean)}`, `most ${formatPercent(most)}`] as const;
  return (
    <>
      <rect x={0} y={trackTop} width={atMean} height={12} rx={2} fill="var(--ink-2)" />
      <line x1={atMean} y1={trackTop + 6} x2={atMost} y2={trackTop + 6} stroke="var(--ink-2)" strokeWidth={2} />
      <line x1={atMost} y1={trackTop + 1} x2={atMost} y2={trackTop + 11} stroke="var(--ink-2)" strokeWidth={2} />
      {atMost - atMean < 84 ? (
        <text className="mid" x={0} y={trackTop - 5}>
          {words.join(", ")}
        </text>
      ) : (
        <>
          <text className="mid" x={Math.max(atMean, 32)} y={trackTop - 5} textAnchor="middle">
            {words[0]}
          </text>
          <text className="mid" x={Math.min(atMost, width - 32)} y={trackTop - 5} textAnchor="middle">
            {words[1]}
          </text>
        </>
      )}
    </>
  );
}

function rangeWords(most: number, beyond: number, range: OwnRange | null, hasCollection: boolean): string {
  if (range === null) {
    const outweighs = most > 1 ? "At some tokens the edit is larger than the frozen output itself. " : "";
    const why = hasCollection ? "collect statistics again, as these predate the measurement," : "collect statistics";
    return `${outweighs}The adapter’s own range is unknown: ${why} to compare.`;
  }
  const own =
    range.least < range.most
      ? `its own updates have 99th percentiles from ${formatPercent(range.least)} (${range.leastModule}) to ${formatPercent(range.most)} (${range.mostModule})`
      : `its own update has a 99th percentile of ${formatPercent(range.most)}`;
  const unmeasured = range.unmeasured === 0 ? "" : ` Unknown for ${formatPlural(range.unmeasured, "edited module")}.`;
  if (beyond > 0) return `Outside the adapter’s own range at ${formatPlural(beyond, "token")}: ${own}.${unmeasured}`;
  if (most > range.least)
    return `Possibly outside the adapter’s own range: ${own}, and the largest norm belongs to one of them.${unmeasured}`;
  return `Within the adapter’s own range: ${own}.${unmeasured}`;
}
