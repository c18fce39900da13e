"use client";
import { useQuery } from "@tanstack/react-query";
import { Form } from "@/components/forms/form";
import { useDraftForm } from "@/components/forms/use-draft-form";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { startCollectionMutation } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { startCollectionRequest } from "@/lib/contract/api";
import { nounsOf } from "@/lib/contract/methods/methods";
import type { RunSummary } from "@/lib/contract/run";
import { type CollectionSettings, collectionSettings, isOfImages } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./collections.module.css";
import { RowsFields } from "./rows-fields";

type CollectFormProps = { readonly runId: string; readonly run: RunSummary; readonly onStarted?: () => void };

const defaults = collectionSettings.parse({});
const mostMeasured = 256;

/**
 * Starts a statistics pass over the run's own text, or another dataset. Rows are read as the run reads them; none of the other defaults comes from a paper,
 * so each says that it is ours.
 */
export function CollectForm({ runId, run, onStarted }: CollectFormProps) {
  const form = useDraftForm({
    name: `collect/1/${runId}`,
    schema: collectionSettings,
    beginning: defaults,
    requestOf: (settings) => settings,
    contract: startCollectionRequest,
    mutation: startCollectionMutation(runId),
    onSent: onStarted,
  });
  const { value: settings, sending: start } = form;
  const set = (change: Partial<CollectionSettings>) => form.set((before) => ({ ...before, ...change }));
  const { noun: one } = nounsOf(run.method);
  const config = useQuery(runRecordQuery(runId)).data?.config;
  const isOfPictures = config !== undefined && isOfImages(config);
  const mayMeasure = config === undefined || taskOf(config).kind !== "denoising";
  return (
    <Form form={form} className="stack">
      <RowsFields runId={runId} run={run} settings={settings} onChange={set} />
      <div className={`fields ${styles["fields"]}`}>
        <NumberField
          label={`Max counted ${isOfPictures ? "patches" : "tokens"}`}
          field="maxTokens"
          value={settings.maxTokens}
          onValueChange={(maxTokens) => set({ maxTokens })}
          min={1}
          max={1e9}
          hint={`Our default: ${formatInteger(defaults.maxTokens)}`}
        />
        <Select<CollectionSettings["split"]>
          label="Rows"
          field="split"
          hasLabel
          value={settings.split}
          onValueChange={(split) => set({ split })}
          options={[
            { value: "all", label: "all rows" },
            { value: "validation", label: "held-out rows" },
            { value: "train", label: "training rows" },
          ]}
          hint="Our default: all rows"
        />
        {mayMeasure && <MeasureFields one={one} settings={settings} onChange={set} />}
      </div>
      <div className="row wrap between">
        {isOfPictures ? (
          <span />
        ) : (
          <span className="row wrap">
            <Switch
              label="Count special tokens"
              isOn={settings.countSpecialTokens}
              onIsOnChange={(countSpecialTokens) => set({ countSpecialTokens })}
            />
            <span className="small dim">
              Our default: {defaults.countSpecialTokens ? "on" : "off"}. Many {one}s fire strongly at special tokens such as the first of a
              text.
            </span>
          </span>
        )}
        <Button type="submit" look="primary" disabled={start.isPending}>
          {start.isPending ? "Starting…" : "Collect statistics"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="Could not start the collection">{start.error.message}</ErrorNote>}
    </Form>
  );
}

type MeasureFieldsProps = {
  readonly one: string;
  readonly settings: CollectionSettings;
  readonly onChange: (change: Partial<CollectionSettings>) => void;
};

/** How much of the latents' effects is measured. */
function MeasureFields({ one, settings, onChange }: MeasureFieldsProps) {
  return (
    <>
      <NumberField
        label="Held-out rows for attribution"
        field="attributionRows"
        value={settings.attributionRows}
        onValueChange={(attributionRows) => onChange({ attributionRows })}
        min={0}
        max={100_000}
        hint={`Our default: ${formatInteger(defaults.attributionRows)}; 0 skips the backward pass`}
      />
      <NumberField
        label={`${one === "latent" ? "Latents" : "Components"} to ablate`}
        field="measuredLatents"
        value={settings.measuredLatents}
        onValueChange={(measuredLatents) => onChange({ measuredLatents })}
        min={0}
        max={mostMeasured}
        hint={`Our default: ${formatInteger(defaults.measuredLatents)}, the highest by attribution; measure others from the table`}
      />
    </>
  );
}
