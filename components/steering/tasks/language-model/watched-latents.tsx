import { isSameLatent } from "@/components/latents/latent-href";
import styles from "@/components/steering/steering.module.css";
import { FilterChip } from "@/components/ui/chip";
import type { LatentRef } from "@/lib/contract/edit";

type WatchedLatentsProps = {
  readonly watched: readonly LatentRef[];
  readonly nameOf: (latent: LatentRef) => string;
  readonly onWatched: (watched: readonly LatentRef[]) => void;
};

/** Latents whose activations are shown without being edited. */
export function WatchedLatents({ watched, nameOf, onWatched }: WatchedLatentsProps) {
  if (watched.length === 0) return null;
  return (
    <div className={styles["watched"]}>
      <span className="small strong">Watched</span>
      {watched.map((latent) => (
        <FilterChip
          key={`${latent.module} ${latent.index}`}
          label={nameOf(latent)}
          onRemove={() => onWatched(watched.filter((one) => !isSameLatent(one, latent)))}
        />
      ))}
    </div>
  );
}
