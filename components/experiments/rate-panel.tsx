"use client";
import { useRef } from "react";
import { LineChart } from "@/components/plots/line-chart";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { domainSetsOf, rateCurves } from "@/lib/comparison/rate-curves";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatFixed, formatSignificant } from "@/lib/numbers/format";
import { lossWords } from "./loss-words";
import { rateSeries } from "./rate-series";
import { domainWords, sideName } from "./trial-words";

/** Loss against learning rate by arm, one panel per domain set. Nothing until two rates of one adapter have finished. */
export function RatePanel({ detail }: { detail: ExperimentDetail }) {
  return domainSetsOf(detail.request).map((domainSet) => <RatesOfSet key={domainSet} detail={detail} domainSet={domainSet} />);
}

/** More labels than this would overlap at the line ends. */
const mostEndLabels = 6;

function RatesOfSet({ detail, domainSet }: { detail: ExperimentDetail; domainSet: number | null }) {
  const svg = useRef<SVGSVGElement>(null);
  const curves = rateCurves(detail, domainSet);
  const series = rateSeries(curves);
  if (series.every(({ points = [] }) => points.length < 2)) return null;
  const csv = () =>
    toCsv(
      ["side", "adapter", "learning rate", "loss by seed"],
      curves.flatMap(({ arm, adapter, points }) =>
        points.map(({ x, losses }) => [sideName(detail, { arm, domainSet }), methodOf(adapter).settingOf(adapter), x, losses.join(" ")]),
      ),
    );
  const losses = series.flatMap(({ points = [] }) => points.map(({ y }) => y));
  // A diverged trial would flatten all others.
  const isLogY = Math.min(...losses) > 0 && Math.max(...losses) > 5 * Math.min(...losses);
  const { sweepSeeds } = detail.request;
  const where = domainSet === null ? "" : `, trained on ${domainWords(detail, domainSet)}`;
  const isWide = series.length > mostEndLabels;
  return (
    <Panel
      title={`Loss by learning rate${where}`}
      aside={<PlotDownload name="experiment-learning-rate" svgRef={svg} csv={csv} />}
      foot={
        <p className="note">
          Finished trials of the sweep, on selection rows{sweepSeeds.length > 1 ? "; mean over seeds, range shaded" : ""}{" "}
          {isWide ? "; hover for names and values" : ""}.
        </p>
      }
    >
      <LineChart
        svgRef={svg}
        series={series}
        height={260}
        label={`Held-out loss of every arm against its learning rate${where}`}
        xLabel="learning rate, log"
        yLabel={lossWords(detail).unit}
        pointName="loss"
        isLogY={isLogY}
        hasEndLabels={!isWide}
        formatX={(exponent) => formatSignificant(10 ** exponent, 2)}
        formatValue={(loss) => formatFixed(loss, 4)}
      />
    </Panel>
  );
}
