"use client";
import { useRef } from "react";
import styles from "@/components/measures/measures.module.css";
import { PlotDownload } from "@/components/plots/plot-download";
import { toCsv } from "@/components/ui/save-file";
import { type GainResult, gainCells, gainColumns } from "@/lib/contract/gain-kept";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { LatentMethod } from "@/lib/contract/run-config";
import { formatFixed, formatInteger, formatPlural } from "@/lib/numbers/format";
import { GainLegend, GainPlot } from "./gain-plot";
import { GainTable } from "./gain-table";
import { gainWords, keptWords } from "./gain-words";

type GainViewProps = { readonly method: LatentMethod; readonly result: GainResult; readonly isAtWork: boolean };

/** The gain, what the first latents keep of it, and at how many latents. */
export function GainView({ method, result, isAtWork }: GainViewProps) {
  const drawing = useRef<SVGSVGElement>(null);
  const { curves, latents, baseLoss, adapterLoss, gain, rows, orderingRows, labelTokens } = result;
  const { noun, isDense } = latentMethodOf({ method });
  const kept = isAtWork ? null : keptWords(curves, latents, noun);
  const randomOrders = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ lossByOrder }) => lossByOrder.length)));
  return (
    <section className="stack fit gap-12" aria-label="Gain kept">
      <p>
        {gainWords(result)} {kept}
      </p>
      <p className="small mid">
        Loss of the base model {formatFixed(baseLoss, 4)}, of the adapter {formatFixed(adapterLoss, 4)}, over {formatInteger(labelTokens)}{" "}
        label tokens. {formatPlural(orderingRows, "other row")} ordered the {noun}s; {formatPlural(rows, "row")} measured. Bands are
        95&#8239;% bootstrap intervals over rows{randomOrders > 1 ? "; those of the random order are of the mean over orders" : ""}.
      </p>
      {gain.low > 0 && (
        <>
          <div className={styles["head"]}>
            <GainLegend curves={curves} mark={method} randomOrders={randomOrders} />
            <span className={styles["actions"]}>
              <PlotDownload name="gain-kept" svgRef={drawing} csv={() => toCsv(gainColumns, gainCells(result))} />
            </span>
          </div>
          <GainPlot curves={curves} latents={latents} mark={method} noun={noun} svgRef={drawing} />
        </>
      )}
      <GainTable curves={curves} noun={noun} />
      {isDense && (
        <p className="note">
          Components are read as they were trained. Of LoRA, any rotation of A and B gives the same adapter with other components.
        </p>
      )}
    </section>
  );
}
