import styles from "./token-chip.module.css";

/** One token alone: a leading space as a dot, breaks and tabs by their signs, so that nothing is invisible. */
export function TokenChip({ text, title }: { readonly text: string; readonly title?: string }) {
  return (
    <span className={styles["token"]} title={title}>
      <VisibleToken text={text} />
    </span>
  );
}

export function VisibleToken({ text }: { readonly text: string }) {
  const spaces = /^ */.exec(text)?.[0].length ?? 0;
  return (
    <>
      {spaces > 0 && <span className="dim">{"·".repeat(spaces)}</span>}
      {text === "" ? <span className="dim">∅</span> : text.slice(spaces).replaceAll("\n", "⏎").replaceAll("\t", "⇥").replaceAll("\r", "␍")}
    </>
  );
}
