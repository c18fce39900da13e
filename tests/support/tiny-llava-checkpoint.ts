import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import sharp from "sharp";

/** Words of the tiny model in the order of their ids; the image token is the last of its 48. */
const words = ["<pad>", "<s>", "</s>", "a", "red", "blue", "green", "square", "what", "is", "this", "?", ":", "USER", "ASSISTANT", "<unk>"];
const IMAGE_TOKEN = 47;

/** Features of an image of the tiny model: 2 × 2 patches of 4 pixels. */
export const TINY_LLAVA_FEATURES = 4;

/** Copies the tiny language model with a SigLIP tower, with a tokenizer of whole words and a preprocessor. @returns its folder */
export function layTinyLlava(folder: string, from = "tests/golden/tiny/llava-siglip"): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "model.safetensors"]) cpSync(join(from, name), join(folder, name));
  const vocab = Object.fromEntries([...words.map((word, id) => [word, id]), ...spare().map((word, at) => [word, words.length + at])]);
  const special = (content: string, id: number) => ({
    id,
    content,
    special: true,
    normalized: false,
    single_word: false,
    lstrip: false,
    rstrip: false,
  });
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [special("<pad>", 0), special("<s>", 1), special("</s>", 2), special("<image>", IMAGE_TOKEN)],
    normalizer: null,
    pre_tokenizer: { type: "Whitespace" },
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: false },
    model: {
      type: "WordPiece",
      vocab: { ...vocab, "<image>": IMAGE_TOKEN },
      unk_token: "<unk>",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
    },
  };
  const template = [
    "{% for message in messages %}{{ message['role'].upper() + ': ' }}",
    "{% for part in message['content'] | selectattr('type', 'equalto', 'image') %}{{ '<image>\\n' }}{% endfor %}",
    "{% for part in message['content'] | selectattr('type', 'equalto', 'text') %}{{ part['text'] + ' ' }}{% endfor %}",
    "{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}",
  ].join("");
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    eos_token: "</s>",
    bos_token: "<s>",
    pad_token: "<pad>",
    chat_template: template,
  };
  const processor = {
    image_processor_type: "SiglipImageProcessor",
    size: { height: 8, width: 8 },
    resample: 3,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  };
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
  writeFileSync(join(folder, "preprocessor_config.json"), JSON.stringify(processor));
  return folder;
}

function spare(): string[] {
  return Array.from({ length: IMAGE_TOKEN - words.length }, (_, at) => `word${at}`);
}

const colours = { red: { r: 220, g: 20, b: 20 }, blue: { r: 20, g: 20, b: 220 } } as const;

export function colouredImage(colour: keyof typeof colours, size = 12): Promise<Buffer> {
  return sharp({ create: { width: size, height: size + 3, channels: 3, background: colours[colour] } })
    .png()
    .toBuffer();
}

/** Red and blue images in turn, with a caption, a prompt and what completes it. @returns the file */
export async function layCaptions(path: string, rows = 16): Promise<string> {
  const names = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? ("red" as const) : ("blue" as const)));
  const images = await Promise.all(
    names.map(async (name, row) => ({ bytes: new Uint8Array(await colouredImage(name, 10 + row)), path: `${row}.png` })),
  );
  const columnData = [
    { name: "image", data: images.map(({ bytes }) => bytes), type: "BYTE_ARRAY" as const },
    { name: "caption", data: names.map((name) => `a ${name} square`) },
    { name: "prompt", data: names.map(() => "USER : <image> what is this ? ASSISTANT :") },
    { name: "completion", data: names.map((name) => `a ${name} square`) },
  ];
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData })));
  return path;
}
