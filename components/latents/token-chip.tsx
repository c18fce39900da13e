import { ByteText } from "@/components/ui/byte-text";
import styles from "./token-chip.module.css";
import { visibleParts } from "./visible-parts";

/** One token alone: a leading space as a dot, breaks and tabs by their signs, so that nothing is invisible. */
export function TokenChip({ text, title }: { readonly text: string; readonly title?: string }) {
  return (
    <span className={styles["token"]} title={title}>
      <VisibleToken text={text} />
    </span>
  );
}

/** Spaces as dots, a long run of them counted; breaks and tabs by their signs. */
export function VisibleToken({ text }: { readonly text: string }) {
  return visibleParts(text).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts stand where they stand
    <span key={index} className={part.isSpace ? "dim" : undefined}>
      <ByteText text={part.text} />
    </span>
  ));
}
