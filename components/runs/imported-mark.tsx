/** Beside a run's name: it was trained elsewhere. */
export function ImportedMark() {
  return (
    <span className="chip" title="Trained elsewhere; what its files do not say is left blank">
      imported
    </span>
  );
}
