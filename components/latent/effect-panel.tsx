"use client";
import { useState } from "react";
import { firingWord } from "@/components/latents/firing-word";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { LatentEffect } from "@/lib/contract/effect";
import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";
import { capitalised, formatInteger, formatPlural } from "@/lib/numbers/format";
import { DotRows } from "./dot-rows";
import { domainRows, firingRows } from "./effect-rows";
import { lossWords } from "./loss-words";

type EffectPanelProps = {
  readonly effects: readonly LatentEffect[];
  /** Whether it is active at every position, so that its effects are means over positions. */
  readonly isDense: boolean;
  readonly loss: TaskKind;
};

/** The measured change of loss when the latent is ablated, with its controls and by domain. */
export function EffectPanel({ effects, isDense, loss }: EffectPanelProps) {
  const [view, setView] = useState<"firing" | "domain">("firing");
  const first = effects.find(({ operation }) => operation === "ablatePost") ?? effects[0];
  if (first === undefined) return null;
  const domains = domainRows(first, isDense);
  const { name, unit, each } = lossWords(loss);
  const per = `per ${firingWord(isDense)}`;
  const shown = domains.length < 2 ? "firing" : view;
  return (
    <Panel
      title={`${name}, ablated`}
      aside={
        domains.length < 2 ? undefined : (
          <Segmented
            label="Effect"
            value={shown}
            options={[
              { value: "firing", label: capitalised(per) },
              { value: "domain", label: "By domain" },
            ]}
            onValueChange={setView}
          />
        )
      }
    >
      {shown === "firing" ? (
        <DotRows rows={firingRows(effects, isDense)} label={`${name} ${per}, with matched controls`} unit={`${unit} ${per}`} />
      ) : (
        <DotRows rows={domains} label={`${name} in each domain`} unit={`${unit} ${each}`} />
      )}
      <p className="note">
        {tasks[loss].continuesText
          ? `Held-out text, ${formatPlural(first.rows, "row")}, ${formatInteger(first.labelTokens)} label tokens`
          : formatPlural(first.rows, "held-out row")}
        ; 95 % intervals paired by row. Hollow: 95 % CI includes 0.{" "}
        {effects.length > 1 ? "Refilled: masked before TopK, so the next latent is selected. " : ""}
        {first.controls.length === 0
          ? "No controls measured."
          : "Controls: random latents of this module, matched on density and decoder norm."}
      </p>
    </Panel>
  );
}
