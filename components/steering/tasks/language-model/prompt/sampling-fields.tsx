"use client";
import styles from "@/components/steering/steering.module.css";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { useTypedText } from "@/components/ui/use-typed-text";
import type { SamplingSettings } from "@/lib/contract/generate";
import { type WeightPrecision, weightPrecision } from "@/lib/contract/run-config";

type SamplingFieldsProps = {
  readonly sampling: SamplingSettings;
  readonly onSampling: (next: SamplingSettings) => void;
  /** Null follows the run's. */
  readonly precision: WeightPrecision | null;
  readonly onPrecision: (next: WeightPrecision | null) => void;
};

/** How the next token is computed and drawn; all arms use the same settings and the same seed. */
export function SamplingFields({ sampling, onSampling, precision, onPrecision }: SamplingFieldsProps) {
  const set =
    <Name extends keyof SamplingSettings>(name: Name) =>
    (value: SamplingSettings[Name]) =>
      onSampling({ ...sampling, [name]: value });
  return (
    <div className={`columns ${styles["sampling"]}`}>
      <NumberField label="Max tokens" value={sampling.maxTokens} min={1} max={4096} onValueChange={set("maxTokens")} />
      <NumberField
        label="Temperature"
        kind="real"
        value={sampling.temperature}
        min={0}
        max={10}
        hint="0: greedy"
        onValueChange={set("temperature")}
      />
      <NumberField label="Top k" value={sampling.topK} min={0} hint="0: no limit" onValueChange={set("topK")} />
      <NumberField label="Top p" kind="real" value={sampling.topP} min={0} max={1} hint="1: no limit" onValueChange={set("topP")} />
      <NumberField
        label="Repetition penalty"
        kind="real"
        value={sampling.repetitionPenalty}
        min={0.1}
        max={10}
        hint="1: no penalty"
        onValueChange={set("repetitionPenalty")}
      />
      <NumberField label="Seed" value={sampling.seed} onValueChange={set("seed")} />
      <Select
        label="Precision"
        hasLabel
        value={precision ?? "run"}
        options={precisions}
        onValueChange={(value) => onPrecision(weightPrecision.safeParse(value).data ?? null)}
      />
      <div className={styles["wide"]}>
        <StopField stop={sampling.stop} onStop={set("stop")} />
      </div>
    </div>
  );
}

const precisions = [
  { value: "run", label: "As in training" },
  { value: "float32", label: "float32, exact" },
  { value: "bfloat16", label: "bfloat16, faster" },
] as const;

const mostStops = 8;

function StopField({ stop, onStop }: { readonly stop: string[]; readonly onStop: (stop: string[]) => void }) {
  const { text, onText } = useTypedText({ value: stop, write: writeStops, read: readStops, onValue: onStop });
  return (
    <TextField
      label="Stop strings"
      hint={`At most ${mostStops} strings, separated by |; \\n is a line break`}
      error={readStops(text) === undefined ? `At most ${mostStops} strings` : undefined}
      value={text}
      onValueChange={onText}
    />
  );
}

function writeStops(stop: readonly string[]): string {
  return stop.map((text) => text.replaceAll("\n", "\\n")).join("|");
}

function readStops(text: string): string[] | undefined {
  const stop = text.split("|").filter((part) => part !== "");
  return stop.length > mostStops ? undefined : stop.map((part) => part.replaceAll("\\n", "\n"));
}
