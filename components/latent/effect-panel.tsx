"use client";
import { useState } from "react";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { LatentEffect } from "@/lib/contract/effect";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { DotRows } from "./dot-rows";
import { domainRows, firingRows } from "./effect-rows";

/** The measured change of loss when the latent is taken out, beside its controls, and where the text changes most. */
export function EffectPanel({ effects }: { readonly effects: readonly LatentEffect[] }) {
  const [view, setView] = useState<"firing" | "domain">("firing");
  const first = effects.find(({ operation }) => operation === "ablatePost") ?? effects[0];
  if (first === undefined) return null;
  const domains = domainRows(first);
  const shown = domains.length < 2 ? "firing" : view;
  return (
    <Panel
      title="Δ loss, ablated"
      level={3}
      aside={
        domains.length < 2 ? (
          <span className="tiny dim">nats a firing</span>
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
        <DotRows rows={firingRows(effects)} label="Change of loss a firing, beside matched controls" unit="nats a firing" />
      ) : (
        <DotRows rows={domains} label="Change of loss in each domain" unit="nats a label token" />
      )}
      <p className="note">
        Held-out text, {formatPlural(first.rows, "row")}, {formatInteger(first.labelTokens)} label tokens; 95 % intervals paired by row.
        Open: holds zero. {effects.length > 1 ? "Refilled: masked before TopK, so that the next latent takes the slot. " : ""}
        {first.controls.length === 0
          ? "No control was measured."
          : "Controls: random latents of this module, matched on density and decoder norm."}
      </p>
    </Panel>
  );
}
