import { Hydrated } from "./hydrated";

type LocalTimeProps = { readonly at: string; readonly format: (iso: string) => string };

/** A moment in the reader's time zone. The server does not know it: its HTML has the moment in UTC. */
export function LocalTime({ at, format }: LocalTimeProps) {
  return (
    <time dateTime={at}>
      <Hydrated fallback={<Utc at={at} />}>{format(at)}</Hydrated>
    </time>
  );
}

/** On a phone without the day, which would take another line than the reader's time that follows. */
function Utc({ at }: Pick<LocalTimeProps, "at">) {
  return (
    <>
      <span className="only-wide">{at.slice(0, 10)} </span>
      {at.slice(11, 16)} UTC
    </>
  );
}
