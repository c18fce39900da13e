"use client";
import { useMemo, useRef, useState } from "react";
import { firingWord } from "@/components/latents/firing-word";
import { activationBins, activationTicks } from "@/components/plots/activation-bins";
import { Histogram, type ValueRange } from "@/components/plots/histogram";
import type { Bin } from "@/components/plots/histogram-layout";
import { PlotDownload } from "@/components/plots/plot-download";
import { NumberField } from "@/components/ui/number-field";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { Segmented } from "@/components/ui/segmented";
import { useElementWidth } from "@/components/ui/use-element-width";
import type { LatentDetail } from "@/lib/contract/latent";
import { capitalised, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { type ExampleChoice, noChoice, rangeOfBand } from "./example-groups";
import styles from "./latent.module.css";
import { signedQuantile } from "./signed-quantile";

type ActivationPanelProps = {
  readonly detail: LatentDetail;
  /** Whether it has an activation everywhere, of both signs. */
  readonly isDense: boolean;
  readonly choice: ExampleChoice;
  readonly onChoice: (next: ExampleChoice) => void;
};

/** How strongly the latent fires; what is brushed chooses the examples below. */
export function ActivationPanel({ detail, isDense, choice, onChoice }: ActivationPanelProps) {
  const [scale, setScale] = useState<"log" | "linear">("log");
  const drawing = useRef<SVGSVGElement>(null);
  const { ref, width } = useElementWidth<HTMLDivElement>(720);
  const bins = useMemo(() => activationBins(detail.histogram, detail.row), [detail.histogram, detail.row]);
  const ticks = useMemo(() => activationTicks(bins, width / 48), [bins, width]);
  const low = bins[0]?.from ?? 0;
  const high = bins.at(-1)?.to ?? 1;
  const ofBand = rangeOfBand(detail, choice.band);
  const [from, to] = ofBand ?? [choice.from, choice.to];
  const isSigned = (detail.row.minActivation ?? 0) < 0;
  const brush: ValueRange | null = from === null && to === null ? null : [from ?? low, to ?? high];
  const name = `activations-${detail.row.module}.${detail.row.index}`;
  const counted = firingWord(isDense);
  const setBrush = (low: number | null, high: number | null) => onChoice({ ...noChoice, domain: choice.domain, from: low, to: high });
  return (
    <Panel
      title={isDense ? "Activations by sign" : "Activations when firing"}
      aside={
        <>
          <span className="small dim only-wide">{formatPlural(detail.row.fireCount, counted)}, half-octave bins</span>
          <Segmented
            label="Count axis"
            value={scale}
            onValueChange={setScale}
            options={[
              { value: "log", label: "log count" },
              { value: "linear", label: "linear" },
            ]}
          />
          <PlotDownload
            name={name}
            svgRef={drawing}
            csv={() =>
              toCsv(
                ["from", "to", "count"],
                bins.map((bin) => [bin.from, bin.to, bin.count]),
              )
            }
          />
        </>
      }
    >
      <div ref={ref}>
        <Histogram
          height={168}
          label={`${capitalised(counted)}s by activation, from ${formatSignificant(low)} to ${formatSignificant(high)}`}
          xLabel="activation, log₂"
          yLabel={`${counted}s`}
          colour="activation"
          bins={bins}
          ticks={ticks}
          isLogCount={scale === "log"}
          isLogValue
          marks={isDense ? signedMarks(detail, bins) : marksOf(detail)}
          brush={brush}
          isMirrored={ofBand !== null && isSigned}
          onBrush={(range) => (range === null ? setBrush(null, null) : setBrush(rounded(range[0]), rounded(range[1])))}
          svgRef={drawing}
        />
      </div>
      <div className={styles["range"]}>
        <NumberField label="Examples from" kind="real" value={rounded(brush?.[0] ?? low)} onValueChange={(next) => setBrush(next, to)} />
        <NumberField label="to" kind="real" value={rounded(brush?.[1] ?? high)} onValueChange={(next) => setBrush(from, next)} />
        <p className="note">
          {ofBand === null
            ? "Drag over the bars to choose examples of that strength."
            : `Band ${choice.band}: ${isSigned ? "|activation|" : "activation"}, estimated to half an octave.`}
        </p>
      </div>
    </Panel>
  );
}

/** Quantiles are of |a|: on the side where the strongest firing is. */
function marksOf({ quantiles, row }: LatentDetail): { label: string; value: number; isSolid?: boolean }[] {
  const max = row.maxActivation ?? 0;
  const min = row.minActivation ?? 0;
  const sign = -min > max ? -1 : 1;
  const named = [
    ["p50", quantiles.p50],
    ["p95", quantiles.p95],
    ["p99", quantiles.p99],
  ] as const;
  const suffix = min < 0 && max > 0 ? " of |a|" : "";
  return [
    ...(max > 0 ? [{ label: `max ${formatSignificant(max)}`, value: max, isSolid: true }] : []),
    ...(min < 0 ? [{ label: `min ${formatSignificant(min)}`, value: min, isSolid: true }] : []),
    ...named.flatMap(([label, value]) =>
      value === null ? [] : [{ label: `${label}${label === "p50" ? suffix : ""} ≈ ${formatSignificant(value)}`, value: sign * value }],
    ),
  ];
}

/** Extremes and quantiles of a signed activation, with its sign. */
function signedMarks({ row }: LatentDetail, bins: readonly Bin[]): { label: string; value: number; isSolid?: boolean }[] {
  const { maxActivation: max, minActivation: min } = row;
  const named = [
    ["p1", 0.01],
    ["median", 0.5],
    ["p99", 0.99],
  ] as const;
  return [
    ...(max === null ? [] : [{ label: `max ${formatSignificant(max)}`, value: max, isSolid: true }]),
    ...(min === null ? [] : [{ label: `min ${formatSignificant(min)}`, value: min, isSolid: true }]),
    ...named.flatMap(([label, share]) => {
      const value = signedQuantile(bins, share);
      return value === null ? [] : [{ label: `${label} ≈ ${formatSignificant(value)}`, value }];
    }),
  ];
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
