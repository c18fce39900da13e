/** Beside a run's name: it was trained elsewhere. */
export function ImportedMark() {
  return (
    <span className="chip" title="Trained elsewhere; missing metadata is left blank">
      imported
    </span>
  );
}
