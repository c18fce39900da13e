import { z } from "zod";
import { ServiceError } from "@/server/services/errors";
import type { StoredExplainer } from "./settings";

export type Message = { role: "system" | "user"; content: string };

const timeoutMs = 120_000;
const largestAnswer = 1 << 20;
const longestQuote = 300;

const answerForm = z.object({ choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1) });
const errorForm = z.object({ error: z.union([z.string(), z.object({ message: z.string() })]) });

/**
 * Sends messages to an OpenAI-compatible endpoint's `/chat/completions` and gives the text of the answer. Redirects are not followed: key and text go
 * to the address that a person set, and nowhere else.
 *
 * @throws ServiceError `unavailable` in words of what the endpoint or the network said
 */
export async function askModel(
  { endpoint, model, key }: StoredExplainer,
  messages: readonly Message[],
  signal: AbortSignal,
  limitMs = timeoutMs,
): Promise<string> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    const response = await fetch(`${endpoint}/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key === "" ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify({ model, messages, stream: false }),
      redirect: "error",
      signal: AbortSignal.any([signal, limit]),
    });
    const text = await readAnswer(response);
    if (!response.ok) throw refusal(endpoint, response.status, text);
    return contentOf(endpoint, text);
  } catch (error) {
    if (error instanceof ServiceError || signal.aborted) throw error;
    if (limit.aborted) {
      throw new ServiceError("unavailable", `${endpoint} did not answer within ${limitMs / 1000} s.`, { cause: error });
    }
    // Whatever the network says is a TypeError of fetch; anything else is a bug.
    if (!(error instanceof TypeError)) throw error;
    throw new ServiceError("unavailable", `${endpoint} cannot be reached (${causeOf(error)}).`, { cause: error });
  }
}

async function readAnswer(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > largestAnswer) throw new ServiceError("unavailable", "The endpoint's answer is larger than 1 MiB.");
  }
  return text;
}

function contentOf(endpoint: string, text: string): string {
  const parsed = answerForm.safeParse(jsonOf(text));
  const content = parsed.success ? parsed.data.choices[0]?.message.content : undefined;
  if (content) return content;
  throw new ServiceError("unavailable", `${endpoint} did not answer with a chat completion: ${text.slice(0, longestQuote)}`);
}

function refusal(endpoint: string, status: number, text: string): ServiceError {
  const parsed = errorForm.safeParse(jsonOf(text));
  const said = parsed.success ? (typeof parsed.data.error === "string" ? parsed.data.error : parsed.data.error.message) : text;
  const what = status === 401 || status === 403 ? "refuses the key" : `answered with status ${status}`;
  const quote = said.trim().slice(0, longestQuote);
  return new ServiceError("unavailable", `${endpoint} ${what}${quote === "" ? "." : `: ${quote}`}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: TypeError): string {
  const { cause } = error;
  return cause instanceof Error ? cause.message || ("code" in cause ? String(cause.code) : cause.name) : error.message;
}
