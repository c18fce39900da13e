"use client";
import { useState } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { drawingOf } from "@/components/positions/drawings";
import type { PartProps } from "@/components/steering/steer-task";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { MadeImage } from "@/lib/contract/make-images";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger, formatSignificant } from "@/lib/numbers/format";
import styles from "./diffusion.module.css";
import { pictureSource } from "./made-picture";
import type { DiffusionSteering } from "./use-diffusion-steering";

const kind = positionKindOf("patch");
type Compared = "edited" | "adapter";
const names: Readonly<Record<Compared, string>> = { edited: "Edits − adapter", adapter: "Adapter − base" };

/** Where pictures differ, patch by patch, all on one scale. */
export function ChangeMap({ steering: { making } }: PartProps<DiffusionSteering>) {
  const [chosen, setChosen] = useState<Compared>("edited");
  const [pointed, setPointed] = useState<{ readonly picture: number; readonly patch: number } | null>(null);
  const { arms, start } = making;
  const offered = (["edited", "adapter"] as const).filter((arm) => changesOf(arms[arm]).length > 0);
  const [first] = offered;
  if (start === null || first === undefined) return null;
  const arm = offered.includes(chosen) ? chosen : first;
  const grid = { columns: start.columns, leading: 0 };
  const { Positions } = drawingOf(kind);
  // One scale for both comparisons, so that switching between them compares.
  const most = Math.max(...offered.flatMap((one) => changesOf(arms[one]).flatMap(({ change }) => change.patches)));
  const told = pointed === null ? undefined : changesOf(arms[arm])[pointed.picture]?.change.patches[pointed.patch];
  return (
    <Panel
      title="Change by patch"
      aside={
        <>
          {offered.length > 1 && (
            <Segmented
              label="Compared"
              value={arm}
              options={offered.map((value) => ({ value, label: names[value] }))}
              onValueChange={setChosen}
            />
          )}
          <RampKey ramp="kl" max={formatSignificant(most, 2)} unit="of 255" />
        </>
      }
      foot={
        pointed === null || told === undefined
          ? "Mean |difference| of the 8-bit values of a patch. Point at a patch for its value."
          : `picture ${formatInteger(pointed.picture + 1)}, ${kind.name({ position: pointed.patch, grid })}: ${formatSignificant(told)}`
      }
    >
      <div className={styles["maps"]}>
        {changesOf(arms[arm]).map(({ image, change }, picture) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: pictures stand in the order of their noise
            key={picture}
            className={styles["map"]}
            role="img"
            aria-label={`Change of picture ${formatInteger(picture + 1)}: mean ${formatSignificant(change.mean, 2)}, at most ${formatSignificant(Math.max(...change.patches), 2)} of 255`}
          >
            <Positions
              {...{ kind, grid, ramp: "kl", first: 0, from: 0, to: change.patches.length, peak: null, colourMax: most }}
              positions={change.patches.map((activation) => ({ text: "", activation }))}
              image={{ src: pictureSource(image), alt: "" }}
              pointed={pointed?.picture === picture ? pointed.patch : null}
              onPoint={(patch) => setPointed(patch === null ? null : { picture, patch })}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}

type Changed = { readonly image: string; readonly change: NonNullable<MadeImage["change"]> };

function changesOf(images: readonly MadeImage[] | undefined): readonly Changed[] {
  return (images ?? []).flatMap(({ image, change }) => (change === null ? [] : [{ image, change }]));
}
