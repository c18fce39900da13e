import { headers } from "next/headers";

/** Whether the page is embedded in a frame of another (`?embed=1`); the server in front decides it (`scripts/web/door.mjs`). */
export async function isEmbedded(): Promise<boolean> {
  return (await headers()).get("x-embed") === "1";
}
