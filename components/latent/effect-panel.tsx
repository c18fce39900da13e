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

/** The measured change of loss when the latent is taken out, beside its controls, and where the text changes most. */
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
      level={3}
      aside={
        domains.length < 2 ? (
          <span className="tiny dim">{unit} a firing</span>
        ) : (
          <Segmented
            label="Effect"
            value={shown}
            options={[
              { value: "firing", label: "A firing" },
              { value: "domain", label: "By domain" },
            ]}
            onValueChange={setView}
          />
        )
      }
    >
      {shown === "firing" ? (
        <DotRows rows={firingRows(effects)} label={`${name} a firing, beside matched controls`} unit={`${unit} a firing`} />
      ) : (
        <DotRows rows={domains} label={`${name} in each domain`} unit={`${unit} ${each}`} />
      )}
      <p className="note">
        {tasks[loss].continuesText
          ? `Held-out text, ${formatPlural(first.rows, "row")}, ${formatInteger(first.labelTokens)} label tokens`
          : formatPlural(first.rows, "held-out row")}
        ; 95 % intervals paired by row. Open: holds zero.{" "}
        {effects.length > 1 ? "Refilled: masked before TopK, so that the next latent takes the slot. " : ""}
        {first.controls.length === 0
          ? "No control was measured."
          : "Controls: random latents of this module, matched on density and decoder norm."}
      </p>
    </Panel>
  );
}
