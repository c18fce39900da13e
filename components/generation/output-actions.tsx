"use client";
import { RotateCcw, StepForward } from "lucide-react";
import { continuation } from "@/components/generation/takes/continuation";
import type { Generation } from "@/components/generation/takes/generation";
import type { GenerationStore } from "@/components/generation/takes/generation-store";
import { seedsOf, showTake, type Takes, withSeed } from "@/components/generation/takes/takes";
import { Button } from "@/components/ui/button";
import { Segmented } from "@/components/ui/segmented";
import { Status } from "@/components/ui/status";
import { formatSignificant } from "@/lib/numbers/format";

type OutputActionsProps = {
  readonly store: GenerationStore;
  readonly takes: Takes;
  /** What the page would ask for now is not what is shown. */
  readonly isChanged: boolean;
};

/** Actions on the shown generation (continue, regenerate, seeds) and its state. */
export function OutputActions({ store, takes, isChanged }: OutputActionsProps) {
  const generation = showTake(takes);
  const { request, status } = generation;
  const isRunning = status === "running";
  const isGreedy = request?.sampling.temperature === 0;
  return (
    <>
      <State generation={generation} isChanged={isChanged} />
      <Seeds takes={takes} onChoose={store.choose} />
      <Button
        look="quiet"
        size="dense"
        disabled={isRunning || request === null}
        title={isGreedy ? "Run the same request again; greedy output does not change" : "Run the same request with the next seed"}
        onClick={() => request !== null && store.run(isGreedy ? request : withSeed(request, request.sampling.seed + 1))}
      >
        <RotateCcw size={12} aria-hidden="true" />
        Regenerate
      </Button>
      <Button
        size="dense"
        disabled={isRunning || continuation(generation) === null}
        title="Continue each arm from its own tokens, with the same edits"
        onClick={store.goOn}
      >
        <StepForward size={12} aria-hidden="true" />
        Continue
      </Button>
    </>
  );
}

function Seeds({ takes, onChoose }: { readonly takes: Takes; readonly onChoose: (key: number) => void }) {
  const seeds = seedsOf(takes);
  if (seeds.length < 2 || takes.shown === null) return null;
  return (
    <Segmented
      label="Seed"
      value={String(takes.shown)}
      onValueChange={(key) => onChoose(Number(key))}
      options={seeds.map(({ key, seed }) => ({ value: String(key), label: String(seed), title: `seed ${seed}` }))}
    />
  );
}

function State({ generation, isChanged }: { readonly generation: Generation; readonly isChanged: boolean }) {
  switch (generation.status) {
    case "running":
      return <Status tone="live">{generation.loading ?? "Generating"}</Status>;
    case "stopped":
      return <Status tone="off">Stopped; partial output is kept</Status>;
    case "done":
      if (isChanged) return <span>Settings changed since this run.</span>;
      return generation.tokensPerSecond === null ? null : (
        <span>
          {formatSignificant(generation.tokensPerSecond)} tokens/s over all arms
          {generation.precision === null ? "" : `, in ${generation.precision}`}
        </span>
      );
    case "failed":
    case "idle":
      return null;
  }
}
