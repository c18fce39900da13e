"use client";
import { type KeyboardEvent, useRef, useState } from "react";
import { ownRange } from "@/components/generation/strips/own-range";
import { latentName } from "@/components/latents/edit-words";
import { drawingOf } from "@/components/positions/drawings";
import type { PartProps } from "@/components/steering/steer-task";
import { offeredLatents } from "@/components/steering/tasks/answers/offered-latents";
import { shadeTokens } from "@/components/steering/tasks/answers/shade-tokens";
import { TokenPanel } from "@/components/text/token-panel";
import { largestOf } from "@/components/text/token-sums";
import { TokensPanel } from "@/components/text/tokens-panel";
import { nameOfLatent } from "@/components/text/use-listed-rows";
import { nounsOf } from "@/lib/contract/methods/methods";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { capitalised, formatInteger, formatSignificant } from "@/lib/numbers/format";
import styles from "./pictures.module.css";
import type { PictureSteering } from "./use-picture-steering";

const kind = positionKindOf("patch");

/** The picture patch by patch: where edits work, or where a latent fires before them; a patch that is chosen says what fires there. */
export function PatchesPanel({ detail: { run }, method, steering }: PartProps<PictureSteering>) {
  const { params, setParams, collection, reading } = steering;
  const { edits, shaded } = params;
  const [pointed, setPointed] = useState<number | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  // A finger leaves the patch before it clicks.
  const pressed = useRef<number | null>(null);
  const point = (place: number | null) => {
    if (place !== null) pressed.current = place;
    setPointed(place);
  };
  const { picture, tokens } = reading;
  if (picture === null) return null;
  const { grid } = picture;
  const modules = collection?.modules ?? [];
  const offered = offeredLatents(edits, shaded);
  const colourMaxOf = (module: string) => modules.find(({ name }) => name === module)?.colourMax ?? 0;
  const shading = shadeTokens(reading, shaded, shaded === null ? 0 : colourMaxOf(shaded.module), ownRange(edits, modules));
  const { Positions, stepOf } = drawingOf(kind);
  const selected = chosen !== null && chosen < tokens.length ? chosen : null;
  const told = pointed ?? selected;
  const value = told === null ? null : (shading.values[told] ?? null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = stepOf(event.key, grid);
    if (event.target !== event.currentTarget || step === null) return;
    event.preventDefault();
    setChosen(Math.min(tokens.length - 1, Math.max(0, (selected ?? grid.leading - step) + step)));
  };
  return (
    <>
      <TokensPanel
        title={capitalised(kind.plural)}
        count={tokens.length}
        shading={shaded === null ? "" : nameOfLatent(shaded)}
        shadings={[
          { value: "", label: "injected norm" },
          ...offered.map((latent) => ({ value: nameOfLatent(latent), label: `${latentName(latent, modules)}, before edits` })),
        ]}
        onShading={(name) => setParams({ shaded: offered.find((latent) => nameOfLatent(latent) === name) ?? null })}
        scale={shading}
        foot={
          told === null
            ? "Click a patch, or choose one with the arrow keys, to see what fires there. The class token and registers, where the model has them, count as patches."
            : `position ${formatInteger(told)}, ${kind.name({ position: told, grid })}${value === null ? "" : `: ${formatSignificant(value)} ${shading.unit}`.trimEnd()}`
        }
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls, this groups positions */}
        <div
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys choose among its patches
          tabIndex={0}
          aria-label="The picture’s patches; arrow keys choose one"
          className={styles["patches"]}
          onKeyDown={onKeyDown}
          onPointerDownCapture={() => {
            pressed.current = null;
          }}
          onClick={() => pressed.current !== null && setChosen(pressed.current === selected ? null : pressed.current)}
        >
          <Positions
            {...{ kind, grid, ramp: shading.ramp }}
            positions={tokens.map((_, at) => ({ text: "", activation: shading.values[at] ?? null }))}
            from={0}
            to={tokens.length}
            first={0}
            image={{ src: `data:image/webp;base64,${picture.image}`, alt: "" }}
            peak={null}
            colourMax={shading.max}
            pointed={told}
            onPoint={point}
          />
        </div>
      </TokensPanel>
      {selected !== null && (
        <TokenPanel
          runId={run.id}
          collectionId={collection?.id ?? null}
          readings={reading.readings}
          token={selected}
          name={kind.name({ position: selected, grid })}
          text=""
          noun={nounsOf(method).noun}
          scaleOf={(one) => colourMaxOf(one.module) || largestOf(one.activations)}
        />
      )}
    </>
  );
}
