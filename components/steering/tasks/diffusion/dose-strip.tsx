"use client";
import { useState } from "react";
import { latentName } from "@/components/latents/edit-words";
import type { PartProps } from "@/components/steering/steer-task";
import { firstValues, valuesHint } from "@/components/studies/dose/dose-values";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { parseNumbers } from "@/components/ui/parse-numbers";
import { Progress } from "@/components/ui/progress";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { Edit } from "@/lib/contract/edit";
import { mostImageDoses } from "@/lib/contract/make-images";
import { hasAdapter } from "@/lib/contract/run";
import styles from "./diffusion.module.css";
import { MadePicture } from "./made-picture";
import type { DiffusionSteering } from "./use-diffusion-steering";
import { useImages } from "./use-images";

type Valued = Extract<Edit, { value: number }>;

/** The first picture over the values of one edit, the other edits being on as they are. */
export function DoseStrip({ detail: { run }, steering }: PartProps<DiffusionSteering>) {
  const { params, request, collection } = steering;
  const { making, make, stop } = useImages(run.id);
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const offered = params.edits.flatMap((edit, place) => ("value" in edit ? [{ edit, place }] : []));
  const { edit, place } = offered.find((one) => String(one.place) === chosen) ?? offered[0] ?? {};
  if (edit === undefined || place === undefined) return null;
  const text = typed ?? valuesOf(edit);
  const read = parseNumbers(text, "real");
  const isTooMany = read.values !== null && read.values.length > mostImageDoses;
  const error = isTooMany ? `At most ${mostImageDoses} values` : read.error;
  const isRunning = making.status === "running";
  return (
    <Panel title="Doses" aside={<span className="small dim">of the first picture</span>} foot="Changes are against the adapter’s picture.">
      <div className="stack">
        <div className="fields">
          <Select
            label="Edit"
            hasLabel
            value={String(place)}
            options={offered.map((one) => ({
              value: String(one.place),
              label: `${one.edit.operation} ${latentName(one.edit.latent, collection?.modules ?? [])}`,
            }))}
            onValueChange={(next) => {
              setChosen(next);
              setTyped(null);
            }}
          />
          <TextField label="Values" value={text} error={error} hint={valuesHint} onValueChange={setTyped} />
        </div>
        <div className="row wrap">
          {isRunning ? (
            <Button onClick={stop}>Stop</Button>
          ) : (
            <Button
              disabled={read.values === null || isTooMany || !hasAdapter(run)}
              onClick={() =>
                read.values !== null && make({ ...request, images: 1, arms: ["adapter"], dose: { edit: place, values: read.values } })
              }
            >
              Make strip
            </Button>
          )}
          {isRunning && (
            <span className="grow" role="status">
              <Progress label="Doses" done={making.done} total={making.start?.steps ?? null} />
            </span>
          )}
        </div>
        {making.error !== null && <ErrorNote title="Could not make the strip">{making.error}</ErrorNote>}
        <div className={styles["row"]}>
          {making.arms.adapter?.[0] !== undefined && (
            <div>
              <span className="small mid">adapter</span>
              <MadePicture made={making.arms.adapter[0]} name="Adapter" />
            </div>
          )}
          {making.doses.map(({ value, image }) => (
            <div key={value}>
              <span className="small mid">{valueWords(value)}</span>
              <MadePicture made={image} name={`At ${valueWords(value)}`} />
            </div>
          ))}
        </div>
      </div>
    </Panel>
  );
}

/** Factors as they are, other values as multiples of the edit's own. */
function valuesOf({ operation, value }: Valued): string {
  if (operation === "scale" || value === 0) return firstValues.factor;
  return [0, 0.5, 1, 1.5, 2].map((times) => valueWords(times * value)).join(", ");
}

/** To three digits, without zeros at the end. */
function valueWords(value: number): string {
  return String(Number(value.toPrecision(3)));
}
