"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { classNames } from "@/components/ui/class-names";
import { Disclosure } from "@/components/ui/disclosure";
import { messageOf } from "@/components/ui/error-note";
import { FailedPart } from "@/components/ui/failed-part";
import { Link } from "@/components/ui/link";
import type { QueryReading } from "@/components/ui/query-state";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import type { ModelSummary } from "@/lib/contract/model";
import styles from "./new-run.module.css";
import { evidenceHref, type Measured, measured } from "./preset-evidence";
import { isChosen, isDense, likeRun, presetsOf } from "./presets";
import { Section, type SectionProps } from "./section";

/** Settings for a purpose, each with its reason; all of them can be changed below. */
export function PresetSection({ form, change, model }: SectionProps & { model: ModelSummary }) {
  return (
    <Section title="Preset">
      <div className="columns three even gap-8 stacks-720">
        {presetsOf(form, model).map((preset) => (
          <div key={preset.name} className={classNames(styles["option"], styles["preset"])} data-checked={isChosen(form, preset)}>
            <button type="button" aria-pressed={isChosen(form, preset)} onClick={() => change(preset.changes)}>
              <b>{preset.name}</b>
              <span>{preset.measured.line}</span>
            </button>
            <Details of={preset.name} measured={preset.measured}>
              {preset.says}. {preset.reason}
            </Details>
          </div>
        ))}
        <LikeRun form={form} change={change} model={model} />
      </div>
    </Section>
  );
}

type DetailsProps = { readonly of: string; readonly measured: Measured; readonly children: string | readonly string[] };

/** What a preset sets and why, what else was measured of it, and where to read how; folded. */
function Details({ of, measured: { rest }, children }: DetailsProps) {
  return (
    <div className={styles["details"]}>
      <Disclosure
        summary={
          <>
            Details<span className="vh"> of {of}</span>
          </>
        }
      >
        <p className="note">{children}</p>
        <p className="note">
          {rest}{" "}
          <a className="link" href={evidenceHref} target="_blank" rel="noopener">
            Measured on the demonstration model
          </a>
        </p>
      </Disclosure>
    </div>
  );
}

function LikeRun({ form, change, model }: SectionProps & { model: ModelSummary }) {
  const client = useQueryClient();
  const reading = useQuery(runsQuery());
  const runs = reading.data?.filter((run) => isDense(run, model)) ?? null;
  const [misfit, setMisfit] = useState<string | null>(null);
  const [failed, setFailed] = useState<QueryReading<never> | null>(null);
  const take = async (runId: string) => {
    setMisfit(null);
    setFailed(null);
    try {
      const { run, config } = await client.fetchQuery(runRecordQuery(runId));
      const changes = likeRun(form, model, { config, cost: run.cost });
      if (changes === null) setMisfit(`${run.name} adapts modules that ${model.name} does not have.`);
      else change(changes);
    } catch (error) {
      setFailed({ data: undefined, error: new Error(messageOf(error)), refetch: () => take(runId) });
    }
  };
  return (
    <div className={classNames(styles["option"], styles["preset"])}>
      <b>Like this LoRA</b>
      <span>{measured.like.line}</span>
      <FailedPart query={reading} failure="Could not load the runs" />
      {runs === null ? (
        reading.error === null && <Skeleton height={24} />
      ) : runs.length === 0 ? (
        <span>
          No LoRA of this model yet. You can{" "}
          <Link className="link" href="/runs/import">
            import a PEFT adapter
          </Link>
          .
        </span>
      ) : (
        <span>
          <Select
            label="Like this LoRA"
            isDense
            value=""
            options={[{ value: "", label: "Choose a run…" }, ...runs.map(({ id, name }) => ({ value: id, label: name }))]}
            onValueChange={(id) => void take(id)}
          />
        </span>
      )}
      <Details of="Like this LoRA" measured={measured.like}>
        Same modules, with M set to match its number of trained parameters, so that the two can be compared.
      </Details>
      {misfit === null ? null : (
        <span className="status bad small" role="alert">
          {misfit}
        </span>
      )}
      {failed !== null && <FailedPart query={failed} failure="Could not load this run" />}
    </div>
  );
}
