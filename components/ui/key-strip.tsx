export type KeyHint = { keys: readonly string[]; does: string };

/** The keys of this page, at its foot. */
export function KeyStrip({ hints }: { hints: readonly KeyHint[] }) {
  return (
    <footer className="keys">
      <span className="vh">Keyboard:</span>
      {hints.map((hint) => (
        <span key={hint.does}>
          {hint.keys.map((key) => (
            <kbd key={key}>{key}</kbd>
          ))}
          {hint.does}
        </span>
      ))}
    </footer>
  );
}
