import { injectedNorm } from "@/components/generation/arm-numbers";
import { armNames, type Generation } from "@/components/generation/takes/generation";
import type { Strip } from "@/components/plots/token-strips";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { ArmName } from "@/lib/contract/generate";
import { normTop } from "./norm-gauge-layout";
import type { OwnRange } from "./own-range";

/** KL beyond this many nats is drawn in the darkest step: one scale for all divergences and all runs. */
export const klMax = 3;

/** Latents that have rows at first: as many as can be watched without being edited. */
export const mostLatentRows = 16;

export type NamedStrip = Strip & { readonly name: string; readonly unit: "nats" | "activation" | "share" };

/** How latents are called and coloured; `colourMaxOf` is the top of a module's activation scale, 0 when it is not known. */
export type LatentLooks = { readonly nameOf: (latent: LatentRef) => string; readonly colourMaxOf: (latent: LatentRef) => number };

type StripSettings = {
  /** How the other run is called. */
  readonly otherName: string;
  /** Of the edited modules; its scale is the gauge's. */
  readonly range: OwnRange | null;
  /** At most as many latents, in the order in which they are watched. */
  readonly mostLatents?: number;
};

/**
 * The rows under one text. Where all arms read it, every arm's: its divergences, the watched latents without and with the edits, how much was injected.
 * Else those of the arm that wrote it. A row of which nothing was measured is left out, once there
 * are tokens.
 */
export function stripsOf(
  generation: Generation,
  text: ArmName,
  { nameOf, colourMaxOf }: LatentLooks,
  { otherName, range, mostLatents = mostLatentRows }: StripSettings,
): NamedStrip[] {
  const isForced = generation.request?.forced !== undefined;
  const read = armNames.filter((arm) => (isForced || arm === text) && generation.arms[arm] !== null);
  const strips: Omit<NamedStrip, "short">[] = [];
  const tokensOf = (arm: ArmName) => generation.arms[arm]?.tokens ?? [];
  for (const { arm, to } of divergences) {
    if (!read.includes(arm) || generation.arms[to] === null) continue;
    const name = `KL ${arm === "other" ? otherName : arm} ‖ ${to}`;
    const values = tokensOf(arm).map((token) => (to === "base" ? token.klToBase : token.klToAdapter));
    strips.push({ key: `${arm} ${to}`, name, ramp: "kl", unit: "nats", max: klMax, values });
  }
  for (const [index, latent] of generation.watched.slice(0, mostLatents).entries()) {
    const arms = activationArms(read, latent, generation.request?.edits ?? []);
    const rows = arms.map((arm) => ({ arm, values: tokensOf(arm).map((token) => token.activations[index] ?? null) }));
    const known = colourMaxOf(latent);
    const max = known > 0 ? known : Math.max(1e-9, ...rows.flatMap(({ values }) => values.map((value) => Math.abs(value ?? 0))));
    for (const { arm, values } of rows) {
      const name = rows.length === 1 ? nameOf(latent) : `${nameOf(latent)}, ${arm}`;
      strips.push({ key: `${arm} ${latent.module} ${latent.index}`, name, ramp: "act", unit: "activation", max, values });
    }
  }
  if (read.includes("edited")) {
    const tokens = tokensOf("edited");
    const max = normTop(injectedNorm(tokens)?.most ?? 0, range);
    const values = tokens.map((token) => token.injectedNorm);
    strips.push({ key: "injectedNorm", name: "injected norm", ramp: "worse", unit: "share", max, values });
  }
  return strips
    .filter(({ values }) => values.length === 0 || values.some((value) => value !== null))
    .map((strip, index) => ({ ...strip, short: String(index + 1) }));
}

const divergences: readonly { readonly arm: ArmName; readonly to: "base" | "adapter" }[] = [
  { arm: "adapter", to: "base" },
  { arm: "edited", to: "adapter" },
  { arm: "edited", to: "base" },
  { arm: "other", to: "adapter" },
  { arm: "other", to: "base" },
];

/**
 * Whose activations of a latent are shown: the adapter's, and the edited arm's where an edit is of this very latent. Which rows there are follows from
 * the request alone, so that none comes or goes while tokens do. Another run's latents are others, of the same name.
 */
function activationArms(read: readonly ArmName[], latent: LatentRef, edits: readonly Edit[]): ArmName[] {
  const able = read.filter((arm) => arm === "adapter" || arm === "edited");
  if (!able.includes("adapter")) return able;
  const isEdited = edits.some((edit) => edit.isOn && touches(edit, latent));
  return able.filter((arm) => arm === "adapter" || isEdited);
}

function touches(edit: Edit, { module, index }: LatentRef): boolean {
  if ("latent" in edit) return edit.latent.module === module && edit.latent.index === index;
  return edit.operation === "adapterOff" || edit.module === module;
}
