"use client";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { saveFile, toCsv } from "@/components/ui/save-file";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatInteger } from "@/lib/numbers/format";
import { Matrix } from "./matrix";
import { formatScore, scoreName } from "./score-words";
import { shapeMap } from "./side-scores";

/** A score over k and numLatents of STAN sides that differ in these alone; nothing where there are not two of each. */
export function ShapePanel({ sides, score }: { readonly sides: readonly ComparedSide[]; readonly score: ScoreOfSides }) {
  const map = shapeMap(sides, score);
  if (map === null) return null;
  const values = map.cells.flat().filter((value) => value !== null);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const middle = (least + most) / 2;
  const sign = score.better === "lower" ? 1 : -1;
  const csv = () =>
    toCsv(
      ["k", ...map.sizes.map((size) => `numLatents ${size}`)],
      map.ks.map((k, row) => [k, ...(map.cells[row] ?? [])]),
    );
  return (
    <Panel
      title="k × numLatents"
      className="c6"
      aside={
        <>
          <span className="small dim">{scoreName(score)}, mean over runs</span>
          <Button look="quiet" onClick={() => saveFile("comparison-k-by-latents.csv", csv(), "text/csv")}>
            <Download size={13} aria-hidden="true" />
            CSV
          </Button>
        </>
      }
    >
      <Matrix
        caption={`${scoreName(score)} by k and numLatents`}
        corner="k \ numLatents"
        columns={map.sizes.map(formatInteger)}
        rows={map.ks.map((k, row) => ({ name: formatInteger(k), values: map.cells[row] ?? [] }))}
        format={(value) => formatScore(score, value)}
        shade={(value) => (most > least ? (sign * (value - middle)) / ((most - least) / 2) : 0)}
      />
      <p className="note">Colours run from the best of these to the worst; they do not say that the intervals tell them apart.</p>
    </Panel>
  );
}
