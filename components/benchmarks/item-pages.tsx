import { Button } from "@/components/ui/button";
import { formatInteger } from "@/lib/numbers/format";

/** Rows of a page. */
export const pageRows = 50;

type ItemPagesProps = {
  readonly offset: number;
  readonly total: number;
  readonly onOffset: (offset: number) => void;
  readonly className?: string;
};

/** Which rows are shown, and the pages before and after; nothing if one page holds them all. */
export function ItemPages({ offset, total, onOffset, className = "" }: ItemPagesProps) {
  if (total <= pageRows) return null;
  return (
    <div className={`row ${className}`}>
      <Button size="dense" disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - pageRows))}>
        Previous
      </Button>
      <span className="small mid">
        {formatInteger(offset + 1)} to {formatInteger(Math.min(total, offset + pageRows))} of {formatInteger(total)}
      </span>
      <Button size="dense" disabled={offset + pageRows >= total} onClick={() => onOffset(offset + pageRows)}>
        Next
      </Button>
    </div>
  );
}
