"use client";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import { domainColour } from "@/components/plots/share-bars";
import { Button } from "@/components/ui/button";
import { Disclosure } from "@/components/ui/disclosure";
import { Switch } from "@/components/ui/switch";
import { type MemoryPart, memoryParts, processMemory } from "@/lib/contract/memory-plan";
import { type MemoryRemedy, remedyNames, upperLayers } from "@/lib/contract/memory-remedies";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunEstimate } from "@/lib/contract/run-estimate";
import { formatBytes, formatPercent } from "@/lib/numbers/format";
import styles from "./new-run.module.css";
import { choosesTargets, type RunForm } from "./run-form";
import type { SectionProps } from "./section";

const partNames: Readonly<Record<MemoryPart, string>> = {
  weights: "Frozen weights",
  trained: "Trained weights",
  gradients: "Gradients",
  moments: "Adam moments",
  saved: "Saved activations",
  working: "Working memory",
};
const barHeight = 16;
/** Share of the machine's memory from which on the ways to need less are open. Our choice. */
const offeredFrom = 0.5;

type MemoryBreakdownProps = SectionProps & { readonly model: ModelSummary; readonly estimates: readonly RunEstimate[] };

/** Peak memory of the larger run by part, and buttons that reduce it. */
export function MemoryBreakdown({ form, change, model, estimates }: MemoryBreakdownProps) {
  const [first, ...others] = estimates;
  if (first === undefined || estimates.some(({ memory }) => memory === null)) return null;
  const larger = others.reduce((most, one) => ((one.memoryBytes ?? 0) > (most.memoryBytes ?? 0) ? one : most), first);
  const { memory, memoryBytes: total, machineBytes, availableBytes, remedies } = larger;
  if (memory === null || total === null) return null;
  const needed = processMemory(memory);
  const isTooLarge = machineBytes !== null && needed > machineBytes;
  const offered = remedies.filter(({ remedy }) => changesOf(remedy, form, model) !== null);
  const isNearlyFull = machineBytes === null || needed > offeredFrom * machineBytes;
  const buttons = (
    <div className="row wrap gap-8">
      {offered.map(({ remedy, savedBytes }) => (
        <Button key={remedy} size="dense" onClick={() => change(changesOf(remedy, form, model) ?? {})}>
          Use {remedyNames[remedy]}: −{formatBytes(savedBytes)}
        </Button>
      ))}
    </div>
  );
  const parts = memoryParts.flatMap((part, place) => (memory[part] > 0 ? [{ part, place, bytes: memory[part] }] : []));
  return (
    <section className={`stack fit gap-8 ${styles["memory"]}`} aria-label="Memory by part">
      <PartsBar parts={parts} total={total} />
      <ul className={styles["parts"]}>
        {parts.map(({ part, place, bytes }) => (
          <li key={part}>
            <span className={styles["swatch"]} style={{ background: domainColour(place) }} aria-hidden="true" />
            {partNames[part]} <span className="num">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
      {machineBytes !== null && !isTooLarge ? (
        <p className="small dim">
          {formatPercent(needed / machineBytes)} of the {formatBytes(machineBytes)} of the worker’s machine at the peak, its process
          included.
        </p>
      ) : null}
      {!isTooLarge && availableBytes !== null && needed > availableBytes ? (
        <p className="status warn small">
          Other programs leave only {formatBytes(availableBytes)} now. Close some before this run starts, or it may be killed.
        </p>
      ) : null}
      {isTooLarge ? (
        <>
          <p className="status bad small">
            This run needs more than the {formatBytes(machineBytes)} of the worker’s machine and will not start. The estimate is accurate to
            about 15 %.
          </p>
          <Switch
            label="Start anyway"
            isOn={form.startAnyway === true}
            onIsOnChange={(isOn) => change({ startAnyway: isOn || undefined })}
          />
        </>
      ) : null}
      {offered.length === 0 ? null : isNearlyFull ? buttons : <Disclosure summary="Use less memory">{buttons}</Disclosure>}
    </section>
  );
}

type Part = { readonly part: MemoryPart; readonly place: number; readonly bytes: number };

function PartsBar({ parts, total }: { readonly parts: readonly Part[]; readonly total: number }) {
  const label = `Memory: ${parts.map(({ part, bytes }) => `${partNames[part]} ${formatBytes(bytes)}`).join(", ")}`;
  return (
    <Measured height={barHeight}>
      {(width) => {
        let from = 0;
        return (
          <Drawing width={width} height={barHeight} label={label}>
            <rect width={width} height={barHeight} rx={2} fill="var(--sunken)" />
            {parts.map(({ part, place, bytes }) => {
              const x = from;
              from += (bytes / total) * width;
              return (
                <rect key={part} x={x} width={Math.max(1, from - x - 1)} height={barHeight} fill={domainColour(place)}>
                  <title>{`${partNames[part]}: ${formatBytes(bytes)}`}</title>
                </rect>
              );
            })}
          </Drawing>
        );
      }}
    </Measured>
  );
}

/** What a remedy changes in the form; null where the form does not have it to change. */
function changesOf(remedy: MemoryRemedy, form: RunForm, model: ModelSummary): Partial<RunForm> | null {
  const { training } = form;
  switch (remedy) {
    case "checkpointing":
      return { training: { ...training, recomputeBlocks: true } };
    case "oneRow":
      return { training: { ...training, microBatchRows: 1 } };
    case "bfloat16":
    case "nf4":
      return { frozenDtype: remedy };
    case "halfLength":
      return { training: { ...training, maxTokens: Math.max(2, Math.floor(training.maxTokens / 2)) } };
    case "upperLayers":
      return choosesTargets(form) ? { layers: upperLayers(model) } : null;
  }
}
