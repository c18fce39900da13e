"use client";
import { useRef } from "react";
import { LineChart } from "@/components/plots/line-chart";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { formatFixed, formatSignificant } from "@/lib/numbers/format";
import { lossWords } from "./loss-words";
import { rateCurves, sweptSettings } from "./rate-curves";
import { adapterWords, sideName } from "./trial-words";

/** How much the loss hangs on the learning rate, arm by arm; nothing before two rates of one adapter came to their end. */
export function RatePanel({ detail }: { detail: ExperimentDetail }) {
  const svg = useRef<SVGSVGElement>(null);
  const series = rateCurves(detail);
  if (series.every(({ points = [] }) => points.length < 2)) return null;
  const csv = () =>
    toCsv(
      ["side", "adapter", "learning rate", "loss by seed"],
      sweptSettings(detail).map((swept) => [
        sideName(detail, swept),
        adapterWords(swept.adapter),
        swept.learningRate,
        swept.losses.join(" "),
      ]),
    );
  const { sweepSeeds } = detail.request;
  return (
    <Panel
      title="Loss by learning rate"
      aside={<PlotDownload name="experiment-learning-rate" svgRef={svg} csv={csv} />}
      foot={
        <p className="note">
          Whole trials of the sweep, on selection rows{sweepSeeds.length > 1 ? "; the mean over seeds, with their range shaded" : ""}.
        </p>
      }
    >
      <LineChart
        svgRef={svg}
        series={series}
        height={260}
        label="Held-out loss of every arm against its learning rate"
        xLabel="learning rate, log"
        yLabel={lossWords(detail).unit}
        pointName="loss"
        hasEndLabels
        formatX={(exponent) => formatSignificant(10 ** exponent, 2)}
        formatValue={(loss) => formatFixed(loss, 4)}
      />
    </Panel>
  );
}
