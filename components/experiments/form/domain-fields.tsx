"use client";
import { Section } from "@/components/new-run/section";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { FormProps } from "./comparison-fields";
import type { TrainedOn } from "./domain-sets";

const choices: { value: TrainedOn; label: string }[] = [
  { value: "together", label: "all together" },
  { value: "each", label: "each domain alone" },
  { value: "eachAndTogether", label: "each domain alone, and all together" },
  { value: "sets", label: "custom sets" },
];

/** The domains that every arm is trained on; shown if the dataset has several. */
export function DomainSection({ form, change, domains }: FormProps & { domains: readonly string[] }) {
  if (domains.length < 2) return null;
  return (
    <Section title="Training domains">
      <div className="columns three">
        <Select label="Domains" hasLabel value={form.trainedOn} options={choices} onValueChange={(trainedOn) => change({ trainedOn })} />
        {form.trainedOn === "sets" ? (
          <TextField
            label="Sets"
            field="domainSets"
            value={form.domainSets}
            placeholder={`${domains[0]}; ${domains.slice(1).join(", ")}`}
            hint="Sets separated by ; and domains by ,"
            onValueChange={(domainSets) => change({ domainSets })}
          />
        ) : null}
      </div>
      {form.trainedOn === "together" ? null : (
        <p className="note">
          Every arm is trained on each set; its setting is selected on held-out rows of the same domains. Results are reported on held-out
          rows of all domains: {domains.join(", ")}.
        </p>
      )}
    </Section>
  );
}
