import type { Preview } from "@/lib/contract/data-set";
import { formatInteger, formatPercent, formatPlural } from "@/lib/numbers/format";

/** What an encoder would learn from: rows, and how many of each class; or why it cannot. */
export function AnswerCounts({ preview }: { preview: Preview }) {
  const { trainRows, validationRows, rowsTooLong, classes, labelProblem } = preview;
  if (labelProblem) return <span className="status bad">{labelProblem}</span>;
  if (trainRows === null || validationRows === null) return <>Counting the labels of all rows.</>;
  return (
    <>
      {`${formatPlural(trainRows, "training row")}, ${formatInteger(validationRows)} held out. `}
      {classes ? `${formatPlural(classes.length, "class", "classes")}: ${classes.map((one) => shareOf(one, trainRows)).join(", ")}. ` : ""}
      {rowsTooLong ? `Rows longer than the length: ${formatInteger(rowsTooLong)}.` : ""}
    </>
  );
}

function shareOf({ label, trainRows }: NonNullable<Preview["classes"]>[number], all: number): string {
  return `${label} ${formatInteger(trainRows)} (${formatPercent(all === 0 ? 0 : trainRows / all)})`;
}
