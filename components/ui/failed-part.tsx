import { Button } from "./button";
import { messageOf } from "./error-note";
import type { QueryReading } from "./query-state";

type FailedPartProps = {
  readonly query: QueryReading<unknown>;
  /** What could not be read. */
  readonly failure: string;
};

/** Takes the place of a small part of a page that could not be read; renders nothing otherwise. `QueryState` is for larger parts. */
export function FailedPart({ query, failure }: FailedPartProps) {
  if (query.error === null || query.data !== undefined) return null;
  return (
    <div className="row wrap small" role="alert">
      <span className="status bad">
        {failure}: {messageOf(query.error)}
      </span>
      <Button size="dense" onClick={() => void query.refetch()}>
        Try again
      </Button>
    </div>
  );
}
