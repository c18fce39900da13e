"use client";
import { useState } from "react";
import { RampKey } from "@/components/plots/ramp-key";
import { drawingOf } from "@/components/positions/drawings";
import { Panel } from "@/components/ui/panel";
import type { LatentDetail } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import { wilsonInterval } from "@/lib/numbers/intervals";
import styles from "./latent.module.css";

/** In which share of the images a latent fires at each place. */
export function PlaceMap({ detail: { places, positionKind } }: { readonly detail: Pick<LatentDetail, "places" | "positionKind"> }) {
  const [pointed, setPointed] = useState<number | null>(null);
  if (places === undefined || places.of === 0) return null;
  const { grid, fired, of, images } = places;
  const kind = positionKindOf(positionKind);
  const { Positions } = drawingOf(kind);
  const shares = fired.map((count) => count / of);
  const most = Math.max(...shares);
  const told = pointed === null ? shares.indexOf(most) : pointed;
  const share = shares[told] ?? 0;
  const [low, high] = wilsonInterval(share, images ?? of).map((end) => formatSignificant(100 * end, 3));
  return (
    <Panel title="By place" level={3} aside={<RampKey ramp="act" max={formatPercent(most)} />}>
      <div
        className={styles["places"]}
        role="img"
        aria-label={`Share of images in which it fires by place, at most ${formatPercent(most)} at ${kind.name({ position: shares.indexOf(most), grid })}`}
      >
        <Positions
          {...{ kind, grid, image: null, first: 0, from: 0, to: shares.length, peak: null, colourMax: most, pointed }}
          positions={shares.map((activation) => ({ text: "", activation }))}
          onPoint={setPointed}
        />
      </div>
      <p className="tiny dim">
        {kind.name({ position: told, grid })}: {formatPercent(share)} [{low}, {high}], {formatInteger(fired[told] ?? 0)} of{" "}
        {formatInteger(of)} {images === undefined ? "images" : "noisy images · 95 % CI over images"}
      </p>
    </Panel>
  );
}
