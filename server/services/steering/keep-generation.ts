import type { Generated, GenerateRequest } from "@/lib/contract/generate";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import { insertGeneration } from "@/server/db/steering/generations";
import { storable, storableText } from "@/server/db/storable";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";

/** A run keeps so many generations, the newest. */
export const generationsKept = 500;

/** UTF-16 code units of prompt and texts that a list shows. */
const shownLength = 240;

/**
 * Adds a generation to its run's history; where that is full, the oldest makes room.
 *
 * @returns its id
 */
export async function keepGeneration(
  { store }: ServiceContext,
  runId: string,
  request: GenerateRequest,
  { generation: _, ...generated }: Generated,
): Promise<string> {
  found(await readRun(store.db, runId), "such run");
  const id = newId();
  const prompt = promptOf(request, generated);
  await insertGeneration(
    store.db,
    {
      id,
      runId,
      request: storable(request),
      generated: storable(generated),
      prompt: beginning(prompt),
      editsOn: request.edits.filter(({ isOn }) => isOn).length,
      isForced: request.forced !== undefined,
      arms: generated.arms.map(({ arm, text, tokens }) => ({ arm, text: beginning(text), tokens: tokens.length })),
      searched: storableText([prompt, ...generated.arms.map(({ text }) => text)].join("\n")),
    },
    generationsKept,
  );
  return id;
}

/** What was continued, as a person recognises it: the last turn of a chat, the text of given ids. */
function promptOf({ prompt, messages, promptIds }: GenerateRequest, { promptTokens }: Pick<Generated, "promptTokens">): string {
  if (promptIds !== undefined) return promptTokens.map(({ text }) => text).join("");
  return messages?.at(-1)?.content ?? prompt;
}

function beginning(text: string): string {
  if (text.length <= shownLength) return storableText(text);
  const withoutHalf = text.slice(0, shownLength).replace(/[\ud800-\udbff]$/, "");
  return storableText(`${withoutHalf}…`);
}
