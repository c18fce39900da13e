"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { messageOf } from "@/components/ui/error-note";
import { Select } from "@/components/ui/select";
import { measureSuggested } from "@/lib/client/comparison";
import { keys } from "@/lib/client/keys";
import type { SuggestedBenchmark } from "@/lib/contract/comparison";

type MeasureSuggestedProps = {
  /** Text of the button. */
  readonly children: string;
  /** One is added and measured; from several a person chooses. At least one. */
  readonly suggested: readonly SuggestedBenchmark[];
  readonly runs: readonly string[];
};

/** Adds a benchmark and measures it on both sides with one click. */
export function MeasureSuggested({ children, suggested, runs }: MeasureSuggestedProps) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState(0);
  const one = suggested[chosen] ?? suggested[0];
  const measure = useMutation({
    mutationFn: async () => (one === undefined ? undefined : measureSuggested(one, runs)),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.comparison }),
  });
  return (
    <span className="row wrap">
      {suggested.length > 1 ? (
        <Select
          label="Benchmark to add"
          value={String(chosen)}
          options={suggested.map(({ request }, place) => ({ value: String(place), label: request.name }))}
          onValueChange={(place) => setChosen(Number(place))}
        />
      ) : null}
      <Button look="primary" disabled={measure.isPending || measure.isSuccess || runs.length === 0} onClick={() => measure.mutate()}>
        {children}
      </Button>
      {measure.error ? <span className="status bad small">{messageOf(measure.error)}</span> : null}
    </span>
  );
}
