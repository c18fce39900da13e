"use client";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { formatSetting } from "@/lib/numbers/format";
import styles from "./new-run.module.css";
import { PowerSlider } from "./power-slider";
import { rankOf, trainsStan } from "./run-form";
import { Section, type SectionProps } from "./section";

/** How large the adapters are. */
export function SizeSection({ form, change }: SectionProps) {
  return (
    <Section title="Size">
      {trainsStan(form) ? (
        <>
          <PowerSlider
            label="Latents in a module, M"
            field="adapter.numLatents"
            value={form.numLatents}
            maxPower={14}
            max={1 << 20}
            onValueChange={(numLatents) => change({ numLatents, k: Math.min(form.k, numLatents) })}
          />
          <PowerSlider
            label="Kept for each token, k"
            field="adapter.k"
            value={form.k}
            maxPower={Math.min(8, Math.floor(Math.log2(form.numLatents)))}
            max={form.numLatents}
            onValueChange={(k) => change({ k })}
          />
        </>
      ) : null}
      {form.method === "lora" ? (
        <PowerSlider
          label="Rank, r"
          field="adapter.rank"
          value={form.ownRank}
          maxPower={8}
          max={4096}
          onValueChange={(ownRank) => change({ ownRank })}
        />
      ) : null}
      {form.method === "both" ? (
        <div className={styles["two"]}>
          <Select
            label="LoRA's rank, matched on"
            hasLabel
            value={form.rankMatch}
            options={[
              { value: "active", label: "active parameters: r = k" },
              { value: "trained", label: "trained parameters: r = M" },
              { value: "own", label: "nothing: a rank of its own" },
            ]}
            onValueChange={(rankMatch) => change({ rankMatch })}
          />
          <NumberField
            label="Rank, r"
            field="adapter.rank"
            value={rankOf(form)}
            min={1}
            max={4096}
            isDisabled={form.rankMatch !== "own"}
            onValueChange={(ownRank) => change({ ownRank })}
            hint={`alpha = ${formatSetting(rankOf(form) * form.alphaOverRank)}`}
          />
        </div>
      ) : null}
      <p className="note">
        {form.method === "lora"
          ? `alpha = ${formatSetting(form.alphaOverRank)} r = ${formatSetting(rankOf(form) * form.alphaOverRank)}.`
          : "Width, k, initialisation and learning rate are this program's choices: the paper leaves them open."}
      </p>
    </Section>
  );
}
