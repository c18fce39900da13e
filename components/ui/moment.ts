/** `16:44:18` in the reader's time zone. */
export function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB");
}

/** `16:41` today, `Mon 09:12` within six days, else `3 Mar 09:12` (with the year when it is another). */
export function startedAt(iso: string, now: Date): string {
  const then = new Date(iso);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === now.toDateString()) return time;
  const days = (now.getTime() - then.getTime()) / 86_400_000;
  if (days < 6) return `${then.toLocaleDateString("en-GB", { weekday: "short" })} ${time}`;
  const isThisYear = then.getFullYear() === now.getFullYear();
  return `${then.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) })} ${time}`;
}
