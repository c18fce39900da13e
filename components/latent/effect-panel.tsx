"use client";
import { useState } from "react";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { LatentEffect } from "@/lib/contract/effect";
import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { DotRows } from "./dot-rows";
import { domainRows, firingRows } from "./effect-rows";
import { lossWords } from "./loss-words";

/** The measured change of loss when the latent is ablated, with its controls and by domain. */
export function EffectPanel({ effects, loss }: { readonly effects: readonly LatentEffect[]; readonly loss: TaskKind }) {
  const [view, setView] = useState<"firing" | "domain">("firing");
  const first = effects.find(({ operation }) => operation === "ablatePost") ?? effects[0];
  if (first === undefined) return null;
  const domains = domainRows(first);
  const { name, unit, each } = lossWords(loss);
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
              { value: "firing", label: "Per firing" },
              { value: "domain", label: "By domain" },
            ]}
            onValueChange={setView}
          />
        )
      }
    >
      {shown === "firing" ? (
        <DotRows rows={firingRows(effects)} label={`${name} per firing, with matched controls`} unit={`${unit} per firing`} />
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
