import { expect, test } from "vitest";
import { generateRequest } from "@/lib/contract/generate";
import { openContext } from "@/server/services/context";
import { getSample } from "@/server/services/sample/get-sample";
import { openSample } from "@/server/services/sample/open-sample";
import { generateWhole } from "@/server/services/work/generate";
import { freshDatabase } from "@/tests/support/database";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();

test("the sample, once open, generates at once: one text without its adapter, another with it, a third with the edit that the first page shows", async () => {
  const data = temporaryFolder();
  const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
  await startWorker(store.url, data);
  try {
    const { latent } = await getSample(context);
    const { id } = await openSample(context);
    const { prompt, edit } = latent.steering;
    const request = generateRequest.parse({ prompt, edits: [edit], sampling: { maxTokens: 32 } });
    const { arms } = await generateWhole(context, id, request, new AbortController().signal);
    expect(arms.map(({ arm }) => arm)).toEqual(["base", "adapter", "edited"]);
    expect(new Set(arms.map(({ text }) => text)).size).toBe(3);
  } finally {
    await context.store.close();
  }
});
