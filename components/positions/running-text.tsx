import { rampColour } from "@/components/plots/ramp";
import { ByteText } from "@/components/ui/byte-text";
import { classNames } from "@/components/ui/class-names";
import { activationWords } from "./activation-words";
import type { PositionsProps } from "./drawing";
import styles from "./positions.module.css";

/** Positions as text in the colours of their activation; the peak is underlined. */
export function RunningText({ positions, from, to, peak, colourMax, pointed, onPoint }: PositionsProps) {
  return positions.slice(from, to).map(({ text, activation }, offset) => {
    const place = from + offset;
    // A window in which it never fires has a middle, but no peak.
    const isPeak = place === peak && activation !== 0;
    return (
      <span
        key={place}
        className={classNames(
          styles["piece"],
          isPeak && styles["peak"],
          activation !== null && activation !== 0 && styles["fired"],
          activation === null && styles["unknown"],
          place === pointed && styles["here"],
        )}
        style={activation === null || activation === 0 ? undefined : { background: rampColour(activation, colourMax, "act") }}
        title={activationWords(activation)}
        onPointerEnter={() => onPoint(place)}
        onPointerLeave={() => onPoint(null)}
      >
        <ByteText text={isPeak && text.trim() === "" ? shownBlank(text) : text.replaceAll("\n", "⏎")} />
      </span>
    );
  });
}

/** Text at the peak that cannot be seen otherwise. */
function shownBlank(text: string): string {
  return text === "" ? "∅" : text.replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll(" ", "␣");
}
