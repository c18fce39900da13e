import type { Metadata } from "next";
import { headers } from "next/headers";
import { ApiReference } from "@/components/api-reference/api-reference";
import { clientExamples } from "@/components/api-reference/client-examples";
import { httpContext } from "@/server/http/context";
import { originOf } from "@/server/http/origin-of";
import { knownIds } from "@/server/services/openai/known-ids";

export const metadata: Metadata = { title: "API" };

export default async function Page() {
  const origin = originOf(await headers());
  const { ids, runName, modelPath } = await knownIds(httpContext().services);
  const examples = clientExamples(origin, {
    run: ids.run ?? "RUN",
    module: ids.module ?? "model.layers.0.self_attn.v_proj",
    index: ids.index ?? "0",
    tokenizer: modelPath ?? "FOLDER_OF_THE_BASE_MODEL",
  });
  return <ApiReference ids={ids} origin={origin} examples={examples} runName={runName} />;
}
