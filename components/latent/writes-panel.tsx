"use client";
import { useState } from "react";
import { firingWord } from "@/components/latents/firing-word";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import { DECODER_NAMES, writesToResidual } from "@/lib/contract/architectures/architectures";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatPlural } from "@/lib/numbers/format";
import { ChangeBars } from "./change-bars";

type WritesPanelProps = {
  readonly detail: LatentDetail;
  /** Whether its activation has both signs. */
  readonly isDense: boolean;
  readonly isDictionary: boolean;
};

/** What the latent writes: measured changes of logits, and the logit lens where it is defined. */
export function WritesPanel({ detail, isDense, isDictionary }: WritesPanelProps) {
  const [view, setView] = useState<"measured" | "lens">("measured");
  const { logitEffect, row } = detail;
  const writes = detail.effects.find((effect) => effect.writes !== null)?.writes ?? null;
  const shown = writes === null && logitEffect !== null ? "lens" : logitEffect === null ? "measured" : view;
  const lensWords = logitEffect === null ? `A logit lens is not defined here: ${whyNoLens(row.projection, isDictionary)}.` : "";
  return (
    <Panel
      title="Effect on logits"
      aside={
        writes !== null && logitEffect !== null ? (
          <Segmented
            label="Effect on logits"
            value={shown}
            options={[
              { value: "measured", label: "Measured" },
              { value: "lens", label: "Logit lens" },
            ]}
            onValueChange={setView}
          />
        ) : (
          <span className="tiny dim">
            {writes === null && logitEffect === null ? "" : shown === "lens" ? "logit lens" : "measured, Δ logit"}
          </span>
        )
      }
    >
      {shown === "lens" && logitEffect !== null ? (
        <>
          <ChangeBars raised={logitEffect.raised} lowered={logitEffect.lowered} label="Logits that the decoder column raises and lowers" />
          <p className="note">
            The weights of the norms between module and head, times W_U, applied to its decoder column: the direct path to the logits at
            activation 1, skipping all later layers.
            {isDense ? " At a negative activation, raised and lowered tokens swap." : ""}
            {writes === null ? " The effect through later layers is not measured yet." : ""}
          </p>
        </>
      ) : writes !== null ? (
        <>
          <ChangeBars raised={writes.raised} lowered={writes.lowered} label="Measured mean changes of logits" />
          <p className="note">
            Mean over {formatPlural(writes.positions, firingWord(isDense))}
            {isDense ? " of both signs" : ""}: {isDense ? "component" : "latent"} at its own value minus ablated; 95 % intervals.{" "}
            {lensWords}
          </p>
        </>
      ) : (
        <p className="note">
          {isDictionary ? "" : "Not measured yet. Measure, above, also measures the changes of logits. "}
          {lensWords}
        </p>
      )}
    </Panel>
  );
}

function whyNoLens(projection: string, isDictionary: boolean): string {
  if (isDictionary) return "the export holds no logits";
  const mayWrite = DECODER_NAMES.some((name) => writesToResidual(name, projection));
  return mayWrite ? "it was not computed in this collection" : `${projection} does not write to the residual stream`;
}
