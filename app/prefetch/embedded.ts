import { headers } from "next/headers";

/** Whether the page is asked for as a part of another, in a frame (`?embed=1`); the server in front decides it (`scripts/web/door.mjs`). */
export async function isEmbedded(): Promise<boolean> {
  return (await headers()).get("x-embed") === "1";
}
