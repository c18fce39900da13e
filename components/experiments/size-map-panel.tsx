"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { sweptGrids } from "@/lib/comparison/rate-curves";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import styles from "./experiments.module.css";
import { lossWords } from "./loss-words";
import { SizeMapDrawing } from "./size-map-drawing";
import { sideName } from "./trial-words";

/** The loss over k and M, if several of each were tried. */
export function SizeMapPanel({ detail }: { detail: ExperimentDetail }) {
  return sweptGrids(detail).map((swept) => <OneMap key={`${swept.arm} ${swept.domainSet}`} detail={detail} swept={swept} />);
}

function OneMap({ detail, swept }: { detail: ExperimentDetail; swept: ReturnType<typeof sweptGrids>[number] }) {
  const svg = useRef<SVGSVGElement>(null);
  const { grid } = swept;
  const name = sideName(detail, swept);
  const csv = () =>
    toCsv(
      ["k", ...grid.sizes.map((size) => `numLatents ${size}`)],
      grid.ks.map((k, row) => [k, ...(grid.cells[row] ?? [])]),
    );
  return (
    <Panel
      title={`Loss by k and M, ${name}`}
      aside={<PlotDownload name="experiment-k-by-latents" svgRef={svg} csv={csv} />}
      foot={
        <p className="note">
          {lossWords(detail).unit} on selection rows, each at its best learning rate. Colours rank these cells from best to worst; they do
          not imply statistical significance.
        </p>
      }
    >
      <div className={styles["scroll"]}>
        <SizeMapDrawing svgRef={svg} grid={grid} label={`Held-out loss of ${name} by k and the number of latents`} />
      </div>
    </Panel>
  );
}
