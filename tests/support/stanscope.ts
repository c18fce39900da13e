import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

export type CommandResult = { status: number | null; output: string; errors: string };

/** Runs `npm run -s stanscope -- …` as npm would, in a process of its own. */
export async function stanscope(...words: string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, ["scripts/stanscope.mjs", ...words], { stdio: ["ignore", "pipe", "pipe"] });
  const status = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, output, errors };
}

/** As `stanscope`; fails the test with what the command said when it does not succeed. */
export async function stanscopeSucceeds(...words: string[]): Promise<string> {
  const { status, output, errors } = await stanscope(...words);
  if (status !== 0) throw new Error(`stanscope ${words.join(" ")} ended with ${status}: ${errors}`);
  return output;
}
