"use client";
import type { CSSProperties, ReactNode } from "react";
import type { LatentLooks } from "@/components/generation/strips/strips-of";
import { earlierTokens } from "@/components/generation/takes/continuation";
import { armNames, expectedTokens, type Generation } from "@/components/generation/takes/generation";
import { RampKey } from "@/components/plots/ramp-key";
import { MethodMark } from "@/components/shell/method-mark";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Select } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import type { LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { ArmFigures } from "./arm-figures";
import { type ArmLooks, markOf, titleOf } from "./arm-titles";
import { ArmView } from "./arm-view";
import { ChoiceGrid } from "./choice-grid";
import { type Compared, CompareFoot } from "./compare-foot";
import styles from "./generation.module.css";
import { ReservedRoom } from "./reserved-room";
import { useArmDiff } from "./use-arm-diff";

type OutputPanelProps = LatentLooks & {
  readonly generation: Generation;
  readonly looks: ArmLooks;
  readonly coloured: string | null;
  readonly onColoured: (key: string | null) => void;
  readonly compared: Compared;
  readonly onCompared: (compared: Compared) => void;
  /** Free or forced, the history: at the right of the title. */
  readonly controls: ReactNode;
  /** What stands above the arms: that this is an old one, that settings have changed since. */
  readonly notice: ReactNode;
  /** Continue, regenerate, seeds: below the arms. */
  readonly actions: ReactNode;
};

/** What each arm writes, side by side; where all read one text, what each would have written at each of its tokens. */
export function OutputPanel(props: OutputPanelProps) {
  const { generation, looks, coloured, onColoured, compared, onCompared, controls, notice, actions, nameOf, colourMaxOf } = props;
  const { arms, watched, status, request } = generation;
  const colouredIndex = watched.findIndex((latent) => keyOf(latent) === coloured);
  const colouredLatent = watched[colouredIndex] ?? watched[0];
  const colourMax = colouredLatent === undefined ? 0 : colourMaxOf(colouredLatent);
  // A run that failed before its first token has nothing to show side by side.
  const shown = armNames.filter((arm) => arms[arm] !== null && (status !== "failed" || (arms[arm]?.tokens.length ?? 0) > 0));
  const pair = shown.includes(compared[0]) && shown.includes(compared[1]) ? compared : null;
  const isForced = request?.forced !== undefined;
  const isRunning = status === "running";
  const tokensOf = (arm: ArmName | undefined) => (isForced || arm === undefined ? undefined : arms[arm]?.tokens);
  const diff = useArmDiff(tokensOf(pair?.[0]), tokensOf(pair?.[1]), isRunning);
  const expected = isRunning ? expectedTokens(generation) : null;
  const editsOn = request?.edits.filter(({ isOn }) => isOn).length ?? 0;
  const colour = {
    coloured: coloured === "none" ? -1 : Math.max(colouredIndex, watched.length > 0 ? 0 : -1),
    colourMax: colourMax > 0 ? colourMax : 1,
  };
  const earlier = earlierTokens(generation);
  return (
    <Panel
      title="Output"
      isPadded={false}
      aside={
        <>
          {watched.length > 0 && (
            <span className={styles["colour"]}>
              <span className="small mid">Colour</span>
              <Select
                label="Colour by"
                value={coloured === "none" || colouredLatent === undefined ? "none" : keyOf(colouredLatent)}
                onValueChange={onColoured}
                options={[
                  ...watched.map((latent) => ({ value: keyOf(latent), label: `activation of ${nameOf(latent)}` })),
                  { value: "none", label: "nothing" },
                ]}
              />
              {coloured !== "none" && colourMax > 0 && (
                <RampKey ramp="act" max={formatSignificant(colourMax)} isSigned={hasNegative(generation, Math.max(0, colouredIndex))} />
              )}
            </span>
          )}
          {controls}
        </>
      }
    >
      {notice}
      {generation.error !== null && (
        <div className="body">
          <ErrorNote title={shown.some((arm) => (arms[arm]?.tokens.length ?? 0) > 0) ? "Generation was interrupted" : "Generation failed"}>
            {generation.error}
          </ErrorNote>
        </div>
      )}
      {shown.length === 0 && generation.error === null && (
        <p className={styles["invitation"]}>
          Write a prompt and run it to compare the base model, the adapter and the edited adapter side by side, with the same seed.
        </p>
      )}
      {earlier > 0 && <p className={`note ${styles["earlier"]}`}>Continues from {formatInteger(earlier)} earlier tokens.</p>}
      {shown.length > 0 && !isForced && (
        <ReservedRoom expected={expected} columns={shown.length} lineHeight={25}>
          <ScrollBox label="What each arm wrote" className={styles["arms"]} style={{ "--arms": shown.length } as CSSProperties}>
            {shown.map((arm) => {
              const state = arms[arm];
              if (state === null) return null;
              return (
                <ArmView
                  key={arm}
                  arm={arm}
                  looks={looks}
                  says={sayOf(arm, editsOn)}
                  state={state}
                  isRunning={isRunning}
                  hasAdapter={arms.adapter !== null}
                  {...colour}
                  isShared={pair === null ? null : arm === pair[0] ? diff.isInFirst : arm === pair[1] ? diff.isInSecond : null}
                  change={pair !== null && arm === pair[1] ? "in" : "out"}
                />
              );
            })}
          </ScrollBox>
        </ReservedRoom>
      )}
      {shown.length > 0 && isForced && (
        <div className={styles["forced"]}>
          <ReservedRoom expected={expected} lineHeight={22 * (shown.length + 1) + 12}>
            {shown.every((arm) => (arms[arm]?.tokens.length ?? 0) > 0) ? (
              <ChoiceGrid generation={generation} arms={shown} looks={looks} {...colour} />
            ) : (
              <Skeleton height={96} />
            )}
          </ReservedRoom>
          <div className={`stack gap-6 ${styles["allfigures"]}`}>
            {shown.map((arm) => {
              const state = arms[arm];
              return state === null ? null : (
                <div key={arm} className={`columns middle stacks-720 ${styles["figures"]}`}>
                  <MethodMark method={markOf(arm, looks)}>{titleOf(arm, looks)}</MethodMark>
                  <ArmFigures arm={arm} state={state} hasAdapter={arms.adapter !== null} />
                </div>
              );
            })}
          </div>
        </div>
      )}
      {shown.length > 0 && (
        <CompareFoot
          arms={shown}
          looks={looks}
          compared={pair}
          onCompared={onCompared}
          isForced={isForced}
          isSame={status === "done" && isAll(diff.isInFirst) && isAll(diff.isInSecond)}
          actions={actions}
        />
      )}
    </Panel>
  );
}

function isAll(flags: readonly boolean[]): boolean {
  return flags.every(Boolean);
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
      return editsOn === 0 ? "all edits off" : formatPlural(editsOn, "edit");
    case "other":
      return "";
  }
}
