"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import styles from "./experiments.module.css";
import { lossWords } from "./loss-words";
import { type SizeMap, sizeMaps } from "./size-map";
import { SizeMapDrawing } from "./size-map-drawing";
import { sideName } from "./trial-words";

/** The loss over k and M, if several of each were tried. */
export function SizeMapPanel({ detail }: { detail: ExperimentDetail }) {
  return sizeMaps(detail).map((map) => <OneMap key={`${map.arm} ${map.domainSet}`} detail={detail} map={map} />);
}

function OneMap({ detail, map }: { detail: ExperimentDetail; map: SizeMap }) {
  const svg = useRef<SVGSVGElement>(null);
  const name = sideName(detail, map);
  const csv = () =>
    toCsv(
      ["k", ...map.sizes.map((size) => `numLatents ${size}`)],
      map.ks.map((k, row) => [k, ...(map.cells[row] ?? [])]),
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
        <SizeMapDrawing svgRef={svg} map={map} label={`Held-out loss of ${name} by k and the number of latents`} />
      </div>
    </Panel>
  );
}
