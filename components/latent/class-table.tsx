"use client";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatPlural } from "@/lib/numbers/format";
import { ImageShares, shareOf } from "./image-shares";
import styles from "./latent.module.css";

/** Classes shown before all are asked for; ours. */
const shownFirst = 10;

/** In how many images of each class a latent fires, the largest share first. */
export function ClassTable({ classes }: Pick<LatentDetail, "classes">) {
  const [isAll, setIsAll] = useState(false);
  if (classes.length === 0) return null;
  const isOfReadings = classes.some(({ images }) => images.images !== undefined);
  const ordered = classes.toSorted((a, b) => shareOf(b.images) - shareOf(a.images));
  const shown = isAll ? ordered : ordered.slice(0, shownFirst);
  return (
    <Panel
      title="By class"
      level={3}
      aside={<span className="tiny dim">{isOfReadings ? "share of noisy images · 95 % CI over images" : "share of images · 95 % CI"}</span>}
    >
      <ImageShares lines={shown.map(({ name, images }) => ({ key: name, name, images, colour: "var(--act-5)", title: name }))} />
      {shown.length < ordered.length && (
        <p className={styles["moreof"]}>
          <Button look="quiet" size="dense" onClick={() => setIsAll(true)}>
            {formatPlural(ordered.length - shown.length, "more class", "more classes")}
          </Button>
        </p>
      )}
    </Panel>
  );
}
