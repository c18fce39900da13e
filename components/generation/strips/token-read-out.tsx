import { type ArmLooks, titleOf } from "@/components/generation/arm-titles";
import type { Generation } from "@/components/generation/takes/generation";
import { shownToken } from "@/components/plots/token-strips";
import { ByteText } from "@/components/ui/byte-text";
import type { ArmName } from "@/lib/contract/generate";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatFixed, formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { type ArmReading, choiceOf, readingsAt } from "./positions";
import type { LatentLooks } from "./strips-of";

type TokenReadOutProps = {
  readonly generation: Generation;
  /** Whose text is pointed at. */
  readonly arm: ArmName;
  readonly position: number;
  readonly looks: ArmLooks;
  readonly latents: LatentLooks;
  /** At most as many, in the order in which they are watched. */
  readonly mostLatents: number;
};

/** What every arm says of one token. */
export function TokenReadOut({ generation, arm, position, looks, latents, mostLatents }: TokenReadOutProps) {
  const readings = readingsAt(generation, arm, position);
  const own = readings.find((reading) => reading.arm === arm);
  if (own === undefined) return null;
  const same = readings.filter(({ isSame }) => isSame);
  const norm = same.find((reading) => reading.arm === "edited")?.token.injectedNorm ?? null;
  return (
    <>
      <span>
        <b className="strong mono">
          <ByteText text={shownToken(shownAlone(own.token))} />
        </b>{" "}
        token {formatInteger(position + 1)}
      </span>
      <span>
        log p: {same.map((reading) => `${nameOf(reading.arm, looks)} ${formatFixed(reading.token.logProbability, 2)}`).join(", ")}
      </span>
      <Divergences readings={readings} looks={looks} />
      {generation.watched.slice(0, mostLatents).map((latent, index) => {
        const words = activationWords(same, index);
        return words === null ? null : (
          <span key={`${latent.module} ${latent.index}`}>
            {latents.nameOf(latent)}: {words}
          </span>
        );
      })}
      {norm !== null && <span>injected norm {formatPercent(norm, 1)}</span>}
      <Choices readings={readings} own={own} looks={looks} />
    </>
  );
}

/** `KL 2.36 of the adapter to base; 2.14 to adapter, 2.41 to base of the edited arm`, as far as it was measured. */
function Divergences({ readings, looks }: { readonly readings: readonly ArmReading[]; readonly looks: ArmLooks }) {
  const words = readings.flatMap(({ arm, token }) => {
    if (arm === "base") return [];
    const name = nameOf(arm, looks);
    return [
      ...(token.klToBase === null ? [] : [`${name} ‖ base ${formatSignificant(token.klToBase)}`]),
      ...(token.klToAdapter === null || arm === "adapter" ? [] : [`${name} ‖ adapter ${formatSignificant(token.klToAdapter)}`]),
    ];
  });
  return <span>KL: {words.length === 0 ? notMeasured : words.join(", ")}</span>;
}

/** What each arm would have written, where it is another token than the one that was read. */
function Choices({
  readings,
  own,
  looks,
}: {
  readonly readings: readonly ArmReading[];
  readonly own: ArmReading;
  readonly looks: ArmLooks;
}) {
  const words = readings.flatMap(({ arm, token }) => {
    const choice = choiceOf(token) ?? (token.id === own.token.id ? undefined : token);
    return choice === undefined || choice.id === own.token.id ? [] : [`${nameOf(arm, looks)} ${quoted(choice.text)}`];
  });
  return words.length === 0 ? null : <span>rather: {words.join(", ")}</span>;
}

/** `10.6 → 0.0` from the adapter to the edited arm; one number where only one has read it. */
function activationWords(readings: readonly ArmReading[], index: number): string | null {
  const read = (arm: ArmName) => readings.find((reading) => reading.arm === arm)?.token.activations[index] ?? null;
  const values = [read("adapter"), read("edited")].flatMap((value) => (value === null ? [] : [formatFixed(value, 2)]));
  return values.length === 0 ? null : [...new Set(values)].join(" → ");
}

function nameOf(arm: ArmName, looks: ArmLooks): string {
  return arm === "other" ? titleOf(arm, looks) : arm;
}

function quoted(text: string): string {
  return `“${shownToken(text)}”`;
}
