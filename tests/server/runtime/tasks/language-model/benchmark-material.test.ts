import { describe, expect, it } from "vitest";
import { benchmarkRows } from "@/lib/contract/benchmark";
import { type BenchmarkTask, benchmarkTask } from "@/lib/contract/benchmark-task";
import { type AnswerBenchmarkTask, benchmarkTasks } from "@/lib/contract/tasks/benchmark-tasks";
import { choiceTokens } from "@/server/engine/text/choice-tokens";
import type { DataRow } from "@/server/files/data/data-row";
import { loadTokenizer } from "@/server/runtime/models/load-tokenizer";
import { readBenchmarkMaterial } from "@/server/runtime/tasks/language-model/benchmark-material";

const tokenizer = loadTokenizer("demo/model");
const encode = (text: string) => tokenizer.encode(text, { addSpecialTokens: true });
const decode = (ids: Iterable<number>) => tokenizer.decode([...ids], { skipSpecialTokens: true });
const labelled = ({ ids, labels }: { ids: Int32Array; labels: Int32Array }) => decode([...ids].filter((_, at) => labels[at] !== -100));

function read(rows: readonly DataRow[], task: Partial<BenchmarkTask> & Pick<BenchmarkTask, "kind">, shape: object, contextLength = 512) {
  const parsed = benchmarkTask.parse(task);
  if (isLabelled(parsed)) throw new Error("expected a task of a language model");
  const reading = {
    rows,
    numbers: Int32Array.from(rows, (_, at) => 10 + at),
    shape: benchmarkRows.parse({ dataSetId: "d", mapping: { kind: "promptCompletion", prompt: "q", completion: "a" }, ...shape }),
    task: parsed,
  };
  return readBenchmarkMaterial(reading, { tokenizer, contextLength }, new AbortController().signal);
}

function isLabelled(task: BenchmarkTask): task is AnswerBenchmarkTask {
  return benchmarkTasks[task.kind].isLabelled;
}

const long = "a very long sentence that goes on and on ".repeat(9);

describe("readBenchmarkMaterial", () => {
  it("asks for the completion after the prompt, and leaves out rows that would be cut", async () => {
    const rows = [
      { q: "Two plus two is", a: " four." },
      { q: long, a: " four." },
      { q: "Go on:", a: ` ${long}` },
    ];
    const material = await read(rows, { kind: "completion", answer: "exact" }, { maxTokens: 32 });
    if (material.kind !== "completion") throw new Error("completions were asked for");
    const [first, ...others] = material.rows;
    expect(others).toEqual([null, null]);
    expect(decode(first?.prompt ?? [])).toBe("Two plus two is");
    expect(first?.reference).toBe(" four.");
    expect(first && labelled(first.labelled)).toBe(" four.");
    expect([material.isRight("four. ", " four."), material.isRight("four", " four.")]).toEqual([true, false]);
  });

  it("compares numbers by value, and normalised text without articles and case", async () => {
    const rightOf = async (answer: string) => {
      const material = await read([{ q: "x", a: "y" }], { kind: "completion", answer } as never, {});
      if (material.kind !== "completion") throw new Error("completions were asked for");
      return material.isRight;
    };
    const [number, normalised] = [await rightOf("number"), await rightOf("normalised")];
    expect([number("so it is 1,250.0.", "= 7\n#### 1250"), number("so it is 12.", "#### 1250")]).toEqual([true, false]);
    expect([normalised("The  cat!", "cat"), normalised("The dog", "cat")]).toEqual([true, false]);
  });

  it("asks for a chat's last answer", async () => {
    const turns = ["Hello", "Good day", "Two plus two?", "Four"].map((content, at) => ({
      role: at % 2 === 0 ? "user" : "assistant",
      content,
    }));
    const material = await read([{ turns }], { kind: "completion" }, { mapping: { kind: "messages", messages: "turns" } });
    if (material.kind !== "completion") throw new Error("completions were asked for");
    const [row] = material.rows;
    expect(decode(row?.prompt ?? [])).toMatch(/Good day.*Two plus two\?/s);
    expect(decode(row?.prompt ?? [])).not.toContain("Four");
    expect(row?.reference).toBe("Four");
    expect(row && labelled(row.labelled).trim()).toBe("Four");
  });

  it("reads the beginning of a long text, within the model's context", async () => {
    const material = await read([{ t: long }], { kind: "languageModel" }, { mapping: { kind: "text", text: "t" }, maxTokens: 100 }, 20);
    expect(material.kind === "languageModel" && material.rows[0]?.ids).toEqual(Int32Array.from(encode(long).slice(0, 20)));
  });

  it("labels each choice's own tokens after its question", async () => {
    const rows = [{ q: "The sky is", options: ["blue", "dark green"], best: "dark green" }];
    const shape = { mapping: { kind: "text", text: "q" } };
    const material = await read(rows, { kind: "choice", choices: "options", answer: "best" }, shape);
    if (material.kind !== "choice") throw new Error("choices were asked for");
    const [row] = material.rows;
    expect(row?.answer).toBe(1);
    expect(row?.choices.map(({ text }) => text)).toEqual(["blue", "dark green"]);
    expect(row?.choices.map((choice) => labelled(choice.labelled))).toEqual([" blue", " dark green"]);
    expect(row?.choices.map((choice) => decode(choice.labelled.ids))).toEqual(["The sky is blue", "The sky is dark green"]);
  });

  it("says by name that all rows are too long, or which row cannot be read", async () => {
    const task = { kind: "completion" } as const;
    await expect(
      read(
        [
          { q: long, a: "b" },
          { q: long, a: "c" },
        ],
        task,
        { maxTokens: 8 },
      ),
    ).rejects.toThrow("all 2 rows are excluded: 2 have more than 8 tokens");
    await expect(read([{ q: "a", a: "b" }, { q: "a" }], task, {})).rejects.toThrow('row 11: has no column "a"');
    const none = read([{ q: "a", a: "b", options: ["x"], best: 0 }], { kind: "choice", choices: "options", answer: "best" }, {});
    await expect(none).rejects.toThrow('row 10: column "options" has 1 choices');
    await expect(read([{ t: "a" }], { kind: "languageModel" }, { mapping: { kind: "text", text: "t" }, maxTokens: 2 }, 1)).rejects.toThrow(
      "none of 1 rows has a label token within 1 tokens",
    );
  });
});

describe("choiceTokens", () => {
  const options = { addSpecialTokens: true, separator: " " } as const;

  it("tokenises question and choice together, the white space between them with the choice, as lm-evaluation-harness does", () => {
    for (const question of ["The sky is", "The sky is ", "Q: sky?\nA:", "Q: sky?\n"]) {
      const context = question.trimEnd();
      const [tokens] = choiceTokens(tokenizer, question, ["blue, blue"], options);
      const joint = question === context ? " " : question.slice(context.length);
      const whole = encode(`${context}${joint}blue, blue`);
      expect([...(tokens?.ids ?? [])]).toEqual(whole);
      const from = encode(context).length;
      expect([...(tokens?.labels ?? [])]).toEqual(whole.map((id, at) => (at < from ? -100 : id)));
    }
  });

  it("predicts a choice that nothing precedes from the token that ends texts, and refuses one without a token", () => {
    const [tokens] = choiceTokens(tokenizer, "", ["blue"], { addSpecialTokens: false, separator: "" });
    const own = tokenizer.encode("blue", { addSpecialTokens: false });
    expect([...(tokens?.ids ?? [])]).toEqual([tokenizer.bosId ?? tokenizer.eosId, ...own]);
    expect([...(tokens?.labels ?? [])]).toEqual([-100, ...own]);
    expect(() => choiceTokens(tokenizer, "The sky is", [""], { addSpecialTokens: true, separator: "" })).toThrow("no tokens of its own");
  });
});
