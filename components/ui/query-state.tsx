import type { ReactNode } from "react";
import { Button } from "./button";
import { ErrorNote, messageOf } from "./error-note";

/** What showing a query takes; results of TanStack Query have it. */
export type QueryReading<Data> = { readonly data: Data | undefined; readonly error: Error | null; readonly refetch: () => unknown };

type QueryStateProps<Data> = {
  readonly query: QueryReading<Data>;
  /** Title of the error where nothing could be read. */
  readonly failure: ReactNode;
  /** Beside "Try again". */
  readonly actions?: ReactNode;
  /** Shown until the first answer. */
  readonly waiting: ReactNode;
  /** Goes around the error. */
  readonly frame?: (content: ReactNode) => ReactNode;
  readonly children: (data: Data) => ReactNode;
};

/**
 * Shows what a query has read: data that is there stays, and with it everything typed into it. A later reading that fails is reported once for all
 * pages (`StaleBar`); an error takes the place of the data only where nothing was read yet.
 */
export function QueryState<Data>({ query, failure, actions, waiting, frame = same, children }: QueryStateProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error === null) return waiting;
  return frame(
    <ErrorNote
      title={failure}
      actions={
        <>
          <Button onClick={() => void query.refetch()}>Try again</Button>
          {actions}
        </>
      }
    >
      {messageOf(query.error)}
    </ErrorNote>,
  );
}

/** Around what a page shows before it has its data. */
export function inPage(content: ReactNode): ReactNode {
  return <main className="page">{content}</main>;
}

type Readings = { readonly [name: string]: QueryReading<unknown> };
type DataOf<All extends Readings> = { [Name in keyof All]: NonNullable<NonNullable<All[Name]>["data"]> };

/** Several queries as one: it has data once all have, and reads again those that failed. */
export function together<All extends Readings>(all: All): QueryReading<DataOf<All>> {
  const readings = Object.values(all);
  const isRead = readings.every(({ data }) => data !== undefined);
  return {
    data: isRead ? (Object.fromEntries(Object.entries(all).map(([name, { data }]) => [name, data])) as DataOf<All>) : undefined,
    error: readings.find(({ error, data }) => error !== null && data === undefined)?.error ?? null,
    refetch: () => Promise.all(readings.filter(({ error }) => error !== null).map(({ refetch }) => refetch())),
  };
}

function same(content: ReactNode): ReactNode {
  return content;
}
