import styles from "./latent-name.module.css";

type LatentNameProps = { readonly layer: number; readonly projection: string; readonly index: number };

/** A latent in short: layer, projection, index. */
export function LatentName({ layer, projection, index }: LatentNameProps) {
  return (
    <span className={styles["name"]}>
      <span>
        {String(layer).padStart(2, "\u2007")} {projection}
      </span>
      <b>{index}</b>
    </span>
  );
}
