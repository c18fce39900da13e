"use client";
import styles from "@/components/experiments/experiments.module.css";
import { Section } from "@/components/new-run/section";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { FormProps } from "./comparison-fields";
import type { TrainedOn } from "./domain-sets";

const choices: { value: TrainedOn; label: string }[] = [
  { value: "together", label: "all together" },
  { value: "each", label: "each domain alone" },
  { value: "eachAndTogether", label: "each alone, and all together" },
  { value: "sets", label: "these sets" },
];

/** Which domains every arm is trained on; shown where the data has several. */
export function DomainSection({ form, change, domains }: FormProps & { domains: readonly string[] }) {
  if (domains.length < 2) return null;
  return (
    <Section title="Trained on">
      <div className={styles["three"]}>
        <Select label="Domains" hasLabel value={form.trainedOn} options={choices} onValueChange={(trainedOn) => change({ trainedOn })} />
        {form.trainedOn === "sets" ? (
          <TextField
            label="Sets"
            field="domainSets"
            value={form.domainSets}
            placeholder={`${domains[0]}; ${domains.slice(1).join(", ")}`}
            hint="Semicolons between sets, commas within"
            onValueChange={(domainSets) => change({ domainSets })}
          />
        ) : null}
      </div>
      {form.trainedOn === "together" ? null : (
        <p className="note">
          Every arm is trained on each set, and its setting chosen for it by held-out rows of the same domains. Results are reported on all
          of {domains.join(", ")}, on rows that no run was trained on.
        </p>
      )}
    </Section>
  );
}
