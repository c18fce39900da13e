/** Split in two, so that no line of this file looks like an import. */
const javascriptHead = '// npm install openai\nimport OpenAI from "openai";';

/** How an OpenAI client talks to a run; `model` is the value of its field of that name. */
export type ClientExample = { readonly name: string; readonly code: string };

export function clientExamples(
  origin: string,
  { run, module, index, tokenizer }: { run: string; module: string; index: string; tokenizer: string },
): ClientExample[] {
  return [
    {
      name: "Python",
      code: `# pip install openai
from openai import OpenAI

client = OpenAI(
    base_url="${origin}/v1",
    api_key="none",
)
louder = {
    "operation": "scale",
    "latent": {
        "module": "${module}",
        "index": ${index},
    },
    "value": 4,
}
answer = client.completions.create(
    model="${run}",
    prompt="Once upon a time",
    max_tokens=32,
    temperature=0,
    extra_body={"stanscope": {"edits": [louder]}},
)
print(answer.choices[0].text)`,
    },
    {
      name: "JavaScript",
      code: `${javascriptHead}

const client = new OpenAI({
  baseURL: "${origin}/v1",
  apiKey: "none",
});
const stream = await client.completions.create({
  model: "${run}:base",
  prompt: "Once upon a time",
  max_tokens: 32,
  stream: true,
});
for await (const { choices } of stream)
  process.stdout.write(choices[0]?.text ?? "");`,
    },
    {
      name: "lm-evaluation-harness",
      code: `# pip install "lm-eval[api]" transformers
RUN=${run}
BASE=${origin}/v1/completions
TOKENIZER=${tokenizer}
lm_eval --model local-completions \\
  --tasks lambada_openai --limit 50 --batch_size 8 \\
  --model_args model=$RUN,base_url=$BASE,tokenizer=$TOKENIZER

# The base model alone: RUN=${run}:base
# With edits saved as NAME: RUN=${run}:NAME`,
    },
    {
      name: "curl",
      code: `curl -sN ${origin}/v1/completions \\
  -H 'content-type: application/json' \\
  -d '{
    "model": "${run}",
    "prompt": "Once upon a time",
    "max_tokens": 32,
    "stream": true,
    "stanscope": {"arm": "edited", "edits": [{
      "operation": "scale",
      "latent": {
        "module": "${module}",
        "index": ${index}
      },
      "value": 4
    }]}
  }'`,
    },
  ];
}
