import { KeyValues } from "@/components/ui/key-values";
import { Panel } from "@/components/ui/panel";
import type { RunRecord } from "@/lib/contract/run";
import { formatDuration, formatInteger, formatSetting } from "@/lib/numbers/format";

const notKnown = "not stated";

/** Of a run that was trained elsewhere: where it came from, and what its files say of the training. */
export function ImportedPanel({ detail: { run, imported } }: { detail: Pick<RunRecord, "run" | "imported"> }) {
  if (imported === null) return null;
  const known = <Value,>(value: Value | null, format: (value: Value) => string) => (value === null ? notKnown : format(value));
  return (
    <Panel title="Imported" foot="Trained elsewhere. It can be used like any other run.">
      <KeyValues
        entries={[
          ["From", imported.source],
          ["Base model, in its file", imported.baseModelName ?? notKnown],
          ["PEFT", imported.peftVersion ?? notKnown],
          ["Curves", imported.curveFiles.length === 0 ? "no training log found" : imported.curveFiles.join(", ")],
          ["Steps", run.step === 0 ? notKnown : formatInteger(run.step)],
          ["Steps planned", known(imported.maxSteps, formatInteger)],
          ["Epochs", known(imported.epochs, formatSetting)],
          ["Training time", known(imported.trainingSeconds, formatDuration)],
          ["Seed", known(run.seed, String)],
          ...Object.entries(imported.stated).map(([name, value]) => [`${name}, as stated`, value] as const),
        ]}
      />
    </Panel>
  );
}
