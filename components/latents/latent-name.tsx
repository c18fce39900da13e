import styles from "./latent-name.module.css";

type LatentNameProps = { readonly layer: number; readonly projection: string; readonly index: number };

/** A latent in short, `L2 q_proj #231`, so that projections align in a list. */
export function LatentName({ layer, projection, index }: LatentNameProps) {
  return (
    <span className={styles["name"]}>
      <span>
        {`L${layer}`.padEnd(3, "\u2007")} {projection}
      </span>{" "}
      <b>#{index}</b>
    </span>
  );
}
