"use client";
import { type CSSProperties, useMemo } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { Select } from "@/components/ui/select";
import { Status } from "@/components/ui/status";
import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { formatPlural, formatSignificant } from "@/lib/numbers/format";
import { diffArms } from "./arm-diff";
import { ArmView } from "./arm-view";
import { armNames, type Generation } from "./generation";
import styles from "./generation.module.css";

type OutputPanelProps = {
  readonly generation: Generation;
  readonly method: "stan" | "lora";
  readonly editsOn: number;
  readonly coloured: string | null;
  readonly onColoured: (key: string | null) => void;
  readonly nameOf: (latent: LatentRef) => string;
  readonly colourMaxOf: (latent: LatentRef) => number;
};

/** What each arm writes, side by side. */
export function OutputPanel({ generation, method, editsOn, coloured, onColoured, nameOf, colourMaxOf }: OutputPanelProps) {
  const { arms, watched, status } = generation;
  const colouredIndex = watched.findIndex((latent) => keyOf(latent) === coloured);
  const colouredLatent = watched[colouredIndex] ?? watched[0];
  const colourMax = colouredLatent === undefined ? 0 : colourMaxOf(colouredLatent);
  // A run that failed before its first token has nothing to show side by side.
  const shown = armNames.filter((arm) => arms[arm] !== null && (status !== "failed" || (arms[arm]?.tokens.length ?? 0) > 0));
  const diff = useDiff(generation);
  return (
    <Panel
      title="Output"
      isPadded={false}
      aside={
        <>
          {watched.length > 0 && (
            <>
              <span className="small mid">Colour</span>
              <Select
                label="Colour by"
                value={coloured === "none" ? "none" : colouredLatent === undefined ? "none" : keyOf(colouredLatent)}
                onValueChange={onColoured}
                options={[
                  ...watched.map((latent) => ({ value: keyOf(latent), label: nameOf(latent) })),
                  { value: "none", label: "nothing" },
                ]}
              />
              {coloured !== "none" && colourMax > 0 && (
                <RampKey ramp="act" max={formatSignificant(colourMax)} isSigned={hasNegative(generation, Math.max(0, colouredIndex))} />
              )}
            </>
          )}
          <State generation={generation} />
        </>
      }
    >
      {generation.error !== null && (
        <div className="body">
          <ErrorNote
            title={shown.some((arm) => (arms[arm]?.tokens.length ?? 0) > 0) ? "The generation broke off" : "Nothing could be generated"}
          >
            {generation.error}
          </ErrorNote>
        </div>
      )}
      {shown.length === 0 && generation.error === null && (
        <p className={styles["invitation"]}>
          Write a prompt and run it: the base model, the adapter and the adapter with your edits answer side by side, token by token, with
          the same seed.
        </p>
      )}
      {shown.length > 0 && (
        <div className={styles["arms"]} style={{ "--arms": shown.length } as CSSProperties}>
          {shown.map((arm) => {
            const state = arms[arm];
            if (state === null) return null;
            return (
              <ArmView
                key={arm}
                arm={arm}
                method={method}
                says={sayOf(arm, editsOn)}
                state={state}
                isRunning={status === "running"}
                coloured={coloured === "none" ? -1 : Math.max(colouredIndex, watched.length > 0 ? 0 : -1)}
                colourMax={colourMax > 0 ? colourMax : 1}
                isShared={arm === "adapter" ? diff.isInFirst : arm === "edited" ? diff.isInSecond : null}
              />
            );
          })}
        </div>
      )}
      {arms.adapter !== null && arms.edited !== null && arms.edited.tokens.length > 0 && (
        <p className="foot">
          {status === "done" && diff.isInSecond?.every(Boolean) && diff.isInFirst?.every(Boolean) ? (
            editsOn === 0 ? (
              "No edit is on: adapter and edited arm wrote the same."
            ) : (
              "The edits changed the probabilities but no token: adapter and edited arm wrote the same."
            )
          ) : (
            <>
              <span className={styles["in"]}>Underlined</span>: came in with the edits. <span className={styles["out"]}>Dotted</span>: went
              out.
            </>
          )}
        </p>
      )}
    </Panel>
  );
}

function hasNegative(generation: Generation, watched: number): boolean {
  return armNames.some((arm) => generation.arms[arm]?.tokens.some((token) => (token.activations[watched] ?? 0) < 0));
}

export function keyOf(latent: LatentRef): string {
  return `${latent.module} ${latent.index}`;
}

function sayOf(arm: ArmName, editsOn: number): string {
  switch (arm) {
    case "base":
      return "adapter off";
    case "adapter":
      return "no edit";
    case "edited":
      return editsOn === 0 ? "no edit is on" : formatPlural(editsOn, "edit");
  }
}

function State({ generation }: { readonly generation: Generation }) {
  switch (generation.status) {
    case "running":
      return <Status tone="live">{generation.loading ?? "Generating"}</Status>;
    case "done":
      return generation.tokensPerSecond === null ? null : (
        <span className="small dim">{formatSignificant(generation.tokensPerSecond)} tokens/s over all arms</span>
      );
    case "stopped":
      return <Status tone="off">Stopped; what came is kept</Status>;
    case "failed":
    case "idle":
      return null;
  }
}

/** While tokens come, only as far as both arms have come. */
function useDiff(generation: Generation): { isInFirst: readonly boolean[] | null; isInSecond: readonly boolean[] | null } {
  const before = generation.arms.adapter?.tokens;
  const after = generation.arms.edited?.tokens;
  const isRunning = generation.status === "running";
  return useMemo(() => {
    if (before === undefined || after === undefined) return { isInFirst: null, isInSecond: null };
    const length = isRunning ? Math.min(before.length, after.length) : Number.POSITIVE_INFINITY;
    const texts = (tokens: typeof before) => tokens.slice(0, length).map((token) => token.text);
    return diffArms(texts(before), texts(after));
  }, [before, after, isRunning]);
}
