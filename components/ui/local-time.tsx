import { Hydrated } from "./hydrated";

type LocalTimeProps = { readonly at: string; readonly format: (iso: string) => string };

/** A moment in the reader's time zone. The server does not know it: its HTML has the moment in UTC. */
export function LocalTime({ at, format }: LocalTimeProps) {
  return (
    <time dateTime={at}>
      <Hydrated fallback={`${at.slice(0, 16).replace("T", " ")} UTC`}>{format(at)}</Hydrated>
    </time>
  );
}
