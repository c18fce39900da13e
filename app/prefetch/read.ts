import { dehydrate, QueryClient, type QueryFunction, type QueryKey } from "@tanstack/react-query";
import { notFound } from "next/navigation";
import { cache } from "react";
import { answerInProcess } from "@/app/prefetch/answer-in-process";
import type { ServerAnswer } from "@/components/shell/server-answers";
import { RequestFailure, sendBy } from "@/lib/client/fetch-json";

sendBy(answerInProcess);

/** How long all readings of one page together may hold it up; what takes longer is fetched by the browser. Ours. */
const patienceMs = 2000;
/** The same for what may take longer: a worker may be busy, an interval has to be computed; ours. */
export const shortPatienceMs = 400;

type Query<Answer, Key extends QueryKey> = { readonly queryKey: Key; readonly queryFn?: QueryFunction<Answer, Key> };

/** What came of reading a query on the server. */
export type Reading<Answer = unknown> = {
  /** Undefined where it failed or took too long. */
  readonly answer: Answer | undefined;
  readonly failure: RequestFailure | undefined;
  /** What the browser gets of it; undefined where it took too long. */
  readonly sent: ServerAnswer | undefined;
};

/** One request's answers, each read once, and when its patience ends. */
const ofRequest = cache(() => ({ client: new QueryClient(), end: performance.now() + patienceMs }));

/** Reads a query of `lib/client` for the page at hand, in process. It never throws: the page shows what failed. */
export async function read<Answer, Key extends QueryKey>(
  { queryKey, queryFn }: Query<Answer, Key>,
  mostMs: number = patienceMs,
): Promise<Reading<Answer>> {
  const { client, end } = ofRequest();
  if (queryFn !== undefined && client.getQueryState(queryKey)?.status !== "error") {
    const reading = client.query({ queryKey, queryFn, staleTime: Number.POSITIVE_INFINITY, retry: false });
    await settled(reading, Math.min(mostMs, end - performance.now()));
  }
  const query = client.getQueryCache().find<Answer>({ queryKey });
  if (query === undefined || query.state.status === "pending") return { answer: undefined, failure: undefined, sent: undefined };
  const failure = query.state.error === null ? undefined : failureOf(query.state.error);
  const [dehydrated] = dehydrate(client, { shouldDehydrateQuery: (one) => one === query }).queries;
  return { answer: query.state.data, failure, sent: dehydrated && toSend(dehydrated, failure) };
}

/** The same for what the page is about: where that is not there, neither is the page. @throws Next's `notFound` */
export async function readSubject<Answer, Key extends QueryKey>(query: Query<Answer, Key>): Promise<Reading<Answer>> {
  const reading = await read(query);
  if (reading.failure?.code === "notFound") notFound();
  return reading;
}

/** Errors do not cross to the browser: of a failure its code and its words do. */
function toSend(query: ServerAnswer["query"], failure: RequestFailure | undefined): ServerAnswer {
  if (failure === undefined) return { query };
  const { code, message, field } = failure;
  return { query: { ...query, state: { ...query.state, error: null, fetchFailureReason: null } }, failure: { code, message, field } };
}

function failureOf(error: Error): RequestFailure {
  if (error instanceof RequestFailure) return error;
  process.stderr.write(`${error.stack ?? error.message}\n`);
  return new RequestFailure("internal", "Something went wrong. See the server log.");
}

/** Waits until it is done or has failed, and no longer than so long. */
async function settled(work: Promise<unknown>, mostMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, mostMs));
  });
  await Promise.race([work.then(ignore, ignore), late]);
  clearTimeout(timer);
}

function ignore(): void {}
