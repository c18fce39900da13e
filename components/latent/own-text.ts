import { activationsOf, largestOf } from "@/components/text/token-sums";
import type { Reading } from "@/components/text/use-reading";
import type { LatentRef } from "@/lib/contract/edit";
import type { LatentDetail } from "@/lib/contract/latent";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { bandRanks } from "./example-groups";

/** A text of a person's own, with one latent's activation at each token. */
export type OwnText = {
  readonly positions: readonly { readonly text: string; readonly activation: number }[];
  /** Where |activation| is largest; null where it never fires. */
  readonly peak: number | null;
};

/** The latent on a text that was read; null until its module was. */
export function ownTextOf({ tokens, readings }: Pick<Reading, "tokens" | "readings">, { module, index }: LatentRef): OwnText | null {
  const reading = readings.find((one) => one.module === module);
  if (reading === undefined) return null;
  const activations = activationsOf(reading, index, tokens.length);
  const largest = largestOf(activations);
  return {
    positions: tokens.map((token, place) => ({ text: shownAlone(token), activation: activations[place] ?? 0 })),
    peak: largest === 0 ? null : activations.findIndex((activation) => Math.abs(activation) === largest),
  };
}

/** How often it fires on the text, and how strongly beside its own firings in the collection. */
export function ownTextWords({ positions, peak }: OwnText, { bands, k }: Pick<LatentDetail, "bands" | "k">, isDense: boolean): string {
  if (peak === null)
    return isDense ? "0 at every token." : `Does not fire here: it is never among the ${formatInteger(k)} kept latents of its module.`;
  const fired = positions.filter(({ activation }) => activation !== 0).length;
  const { activation = 0 } = positions[peak] ?? {};
  const strongest = `strongest ${formatSignificant(activation)}${rankWords(Math.abs(activation), bands)}`;
  return isDense
    ? `${strongest[0]?.toUpperCase()}${strongest.slice(1)}.`
    : `Fires at ${formatInteger(fired)} of ${formatPlural(positions.length, "token")}; ${strongest}.`;
}

function rankWords(size: number, bands: LatentDetail["bands"]): string {
  const measured = bands.filter(({ highest }) => highest !== null);
  const top = measured.at(-1);
  if (top === undefined) return "";
  if (size > (top.highest ?? 0)) return ", more than any in the collection";
  const band = measured.find(({ highest }) => size <= (highest ?? 0)) ?? top;
  return `, about rank ${bandRanks(band)} % of its firings in the collection`;
}
