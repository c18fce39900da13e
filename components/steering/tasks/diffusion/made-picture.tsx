import type { MadeImage } from "@/lib/contract/make-images";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./diffusion.module.css";

/** A picture that a model made, with what it is and how it differs from the one that it is compared with. */
export function MadePicture({ made: { image, change }, name }: { readonly made: MadeImage; readonly name: string }) {
  return (
    <figure className={styles["made"]}>
      {/* biome-ignore lint/performance/noImgElement: it comes with the answer, in the size that the model makes */}
      <img src={pictureSource(image)} alt={name} />
      <figcaption className="tiny dim">{change === null ? "" : changeWords(change)}</figcaption>
    </figure>
  );
}

export function pictureSource(image: string): string {
  return `data:image/webp;base64,${image}`;
}

/** `mean change 3.2 of 255` */
export function changeWords({ mean }: NonNullable<MadeImage["change"]>): string {
  return mean === 0 ? "no change" : `mean change ${formatSignificant(mean, 2)} of 255`;
}
