import type { ReactNode } from "react";
import type { CountedImages } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { wilsonInterval } from "@/lib/numbers/intervals";
import styles from "./latent.module.css";

/** Images of one kind, in how many of which a latent fires. */
export type ImageShare = {
  readonly key: string;
  readonly name: ReactNode;
  readonly images: CountedImages;
  readonly colour: string;
  /** More of it, for the pointer. */
  readonly title?: string;
};

/** Shares of images with their Wilson intervals, a line each: in those an image counts once, however many of its patches fire and how often it was read. */
export function ImageShares({ lines }: { readonly lines: readonly ImageShare[] }) {
  const most = Math.max(...lines.map(({ images }) => shareOf(images)));
  return (
    <table className={`${styles["list"]} ${styles["shares"]}`}>
      <tbody>
        {lines.map(({ key, name, images, colour, title }) => (
          <tr key={key} title={title}>
            <td className={styles["kind"]}>{name}</td>
            <td className={styles["barcell"]}>
              <span className="actbar" style={{ width: `${most === 0 ? 0 : (100 * shareOf(images)) / most}%`, background: colour }} />
            </td>
            <td className="num">
              {images.of === 0 ? notMeasured : formatPercent(shareOf(images))} <span className="tiny dim">{intervalWords(images)}</span>
            </td>
            <td className="num">
              <span className="tiny dim">
                {formatInteger(images.fired)} of {formatInteger(images.of)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** 0 where there are no images. */
export function shareOf({ fired, of }: CountedImages): number {
  return of === 0 ? 0 : fired / of;
}

/** In percent, as the share. */
function intervalWords(images: CountedImages): string {
  if (images.of === 0) return "";
  return `[${wilsonInterval(shareOf(images), images.images ?? images.of)
    .map((end) => formatSignificant(100 * end, 3))
    .join(", ")}]`;
}
