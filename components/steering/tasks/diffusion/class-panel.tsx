"use client";
import { Play, Square } from "lucide-react";
import type { ReactNode } from "react";
import type { PartProps } from "@/components/steering/steer-task";
import { Button } from "@/components/ui/button";
import { NumberField } from "@/components/ui/number-field";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { TextField } from "@/components/ui/text-field";
import { mostMadeImages, mostSamplerSteps } from "@/lib/contract/make-images";
import { hasAdapter } from "@/lib/contract/run";
import { formatInteger } from "@/lib/numbers/format";
import type { DiffusionSteering } from "./use-diffusion-steering";

/** Of more classes one is typed; ours. */
const mostListed = 200;

/** What the model makes: a class, from the noise of a seed, in so many steps. */
export function ClassPanel({ detail: { run }, steering, copies }: PartProps<DiffusionSteering> & { readonly copies: ReactNode }) {
  const { params, setParams, made, isRunning, start, stop } = steering;
  const last = (made?.numTimesteps ?? 1000) - 1;
  const { timesteps } = params;
  return (
    <Panel title="Pictures to make">
      <div className="stack">
        <div className="fields">
          <ClassField steering={steering} />
          <NumberField label="Seed" value={params.seed} min={0} max={2 ** 31 - 1} onValueChange={(seed) => setParams({ seed })} />
          <NumberField
            label="Pictures"
            value={params.images}
            min={1}
            max={mostMadeImages}
            hint={`Each from noise of its own; at most ${mostMadeImages}`}
            onValueChange={(images) => setParams({ images })}
          />
          <NumberField
            label="Steps"
            value={params.steps}
            min={1}
            max={Math.min(mostSamplerSteps, last + 1)}
            onValueChange={(steps) => setParams({ steps })}
          />
          <NumberField
            label="Guidance"
            kind="real"
            value={params.guidance}
            min={-100}
            max={100}
            hint="1 is none"
            onValueChange={(guidance) => setParams({ guidance })}
          />
        </div>
        <Switch
          label="Edits at some time steps only"
          isOn={timesteps !== null}
          onIsOnChange={(isOn) => setParams({ timesteps: isOn ? { from: 0, to: last } : null })}
        />
        {timesteps === null ? null : (
          <div className="fields">
            <NumberField
              label="From time step"
              value={timesteps.from}
              min={0}
              max={timesteps.to}
              hint="0 has the least noise"
              onValueChange={(from) => setParams({ timesteps: { ...timesteps, from } })}
            />
            <NumberField
              label="To time step"
              value={timesteps.to}
              min={timesteps.from}
              max={last}
              hint={`${formatInteger(last)} has the most`}
              onValueChange={(to) => setParams({ timesteps: { ...timesteps, to } })}
            />
          </div>
        )}
        <div className="row wrap">
          {copies}
          <span className="grow" />
          {isRunning ? (
            <Button onClick={stop}>
              <Square size={10} fill="currentColor" aria-hidden="true" />
              Stop
            </Button>
          ) : (
            <Button look="primary" disabled={!hasAdapter(run)} onClick={start}>
              <Play size={11} fill="currentColor" aria-hidden="true" />
              Make pictures
            </Button>
          )}
        </div>
      </div>
    </Panel>
  );
}

function ClassField({ steering: { params, setParams, made } }: Pick<PartProps<DiffusionSteering>, "steering">) {
  const classes = made?.classes ?? [];
  const chosen = params.className ?? classes[0] ?? "0";
  if (classes.length === 0 || classes.length > mostListed)
    return <TextField label="Class" value={chosen} hint="Name or number" onValueChange={(className) => setParams({ className })} />;
  const options = classes.map((name) => ({ value: name, label: name }));
  return (
    <Select
      label="Class"
      hasLabel
      value={chosen}
      options={classes.includes(chosen) ? options : [{ value: chosen, label: chosen }, ...options]}
      onValueChange={(className) => setParams({ className })}
    />
  );
}
