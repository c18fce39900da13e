"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { startCollectionMutation } from "@/lib/client/latents";
import type { RunSummary } from "@/lib/contract/run";

type CollectFormProps = { readonly runId: string; readonly run: RunSummary; readonly onStarted?: () => void };
type Split = "validation" | "train" | "all";

/** Starts a statistics pass over the run's own text. */
export function CollectForm({ runId, run, onStarted }: CollectFormProps) {
  const [maxTokens, setMaxTokens] = useState(200_000);
  const [split, setSplit] = useState<Split>("all");
  const start = useMutation(startCollectionMutation(runId));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate({ maxTokens, split }, onStarted === undefined ? {} : { onSuccess: onStarted });
      }}
    >
      <div className="row wrap" style={{ alignItems: "flex-end", gap: 12 }}>
        <NumberField label="Tokens to count, at most" value={maxTokens} onValueChange={setMaxTokens} min={1} max={1e9} />
        <Select<Split>
          label={`Rows of ${run.dataName}`}
          hasLabel
          value={split}
          onValueChange={setSplit}
          options={[
            { value: "all", label: "all rows" },
            { value: "validation", label: "held-out rows" },
            { value: "train", label: "training rows" },
          ]}
        />
        <Button type="submit" look="primary" disabled={start.isPending}>
          {start.isPending ? "Starting…" : "Collect statistics"}
        </Button>
      </div>
      {start.error !== null && <ErrorNote title="The collection was not started">{start.error.message}</ErrorNote>}
    </form>
  );
}
