"use client";
import type { CSSProperties, ReactNode } from "react";
import type { LatentLooks } from "@/components/generation/strips/strips-of";
import { earlierTokens } from "@/components/generation/takes/continuation";
import { armNames, expectedTokens, type Generation } from "@/components/generation/takes/generation";
import { MethodMark } from "@/components/shell/method-mark";
import { ErrorNote } from "@/components/ui/error-note";
import { Panel } from "@/components/ui/panel";
import { ScrollBox } from "@/components/ui/scroll-box";
import { Skeleton } from "@/components/ui/skeleton";
import type { ArmName } from "@/lib/contract/generate";
import { formatInteger, formatPlural } from "@/lib/numbers/format";
import { ArmFigures } from "./arm-figures";
import { type ArmLooks, markOf, titleOf } from "./arm-titles";
import { ArmView } from "./arm-view";
import { ChoiceGrid } from "./choice-grid";
import { ColourSwitch } from "./colour-switch";
import { type Compared, CompareFoot } from "./compare-foot";
import styles from "./generation.module.css";
import { ReservedRoom } from "./reserved-room";
import { textColourOf } from "./text-colour";
import { useArmDiff } from "./use-arm-diff";

type OutputPanelProps = LatentLooks & {
  readonly generation: Generation;
  /** Whether a generation from the history is being loaded. */
  readonly isComing?: boolean;
  readonly looks: ArmLooks;
  /** The arms that a run would have. */
  readonly chosen: readonly ArmName[];
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
  const { generation, isComing = false, looks, chosen, coloured, onColoured } = props;
  const { compared, onCompared, controls, notice, actions, nameOf, colourMaxOf } = props;
  const { arms, status, request } = generation;
  const colour = textColourOf(generation, coloured, colourMaxOf);
  // A run that failed before its first token has nothing to show side by side.
  const shown = armNames.filter((arm) => arms[arm] !== null && (status !== "failed" || (arms[arm]?.tokens.length ?? 0) > 0));
  const pair = shown.includes(compared[0]) && shown.includes(compared[1]) ? compared : null;
  const isForced = request?.forced !== undefined;
  const isRunning = status === "running";
  const tokensOf = (arm: ArmName | undefined) => (isForced || arm === undefined ? undefined : arms[arm]?.tokens);
  const diff = useArmDiff(tokensOf(pair?.[0]), tokensOf(pair?.[1]), isRunning);
  const expected = isRunning ? expectedTokens(generation) : null;
  const editsOn = request?.edits.filter(({ isOn }) => isOn).length ?? 0;
  const earlier = earlierTokens(generation);
  return (
    <Panel
      title="Output"
      isPadded={false}
      aside={
        <>
          <ColourSwitch generation={generation} colour={colour} onColoured={onColoured} nameOf={nameOf} />
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
      {shown.length === 0 && isComing && (
        <div className="body" aria-busy="true">
          <Skeleton height={96} />
        </div>
      )}
      {shown.length === 0 && generation.error === null && !isComing && (
        <Invitation arms={armNames.filter((arm) => chosen.includes(arm))} looks={looks} />
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
                  colour={colour}
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
              <ChoiceGrid generation={generation} arms={shown} looks={looks} colour={colour} />
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

/** What will stand where, before anything was run. */
function Invitation({ arms, looks }: { readonly arms: readonly ArmName[]; readonly looks: ArmLooks }) {
  return (
    <>
      <p className={styles["invitation"]}>
        Write a prompt and run it: base model, adapter and edited adapter continue it side by side, with the same seed.
      </p>
      <div className={`${styles["arms"]} ${styles["invited"]}`} style={{ "--arms": arms.length } as CSSProperties}>
        {arms.map((arm) => (
          <div key={arm} className={styles["arm"]}>
            <MethodMark method={markOf(arm, looks)}>{titleOf(arm, looks)}</MethodMark>
            <p className="small dim">{inviting[arm]}</p>
          </div>
        ))}
      </div>
    </>
  );
}

const inviting: Readonly<Record<ArmName, string>> = {
  base: "The model without the adapter.",
  adapter: "With the trained adapter, unchanged.",
  edited: "With the edits of this page.",
  other: "With the other run’s adapter.",
};

function isAll(flags: readonly boolean[]): boolean {
  return flags.every(Boolean);
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
