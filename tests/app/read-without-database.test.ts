import { tmpdir } from "node:os";
import { expect, it } from "vitest";
import { readSubject } from "@/app/prefetch/read";
import { runQuery } from "@/lib/client/runs";

it("a page whose database is away gets the words that the route would answer with", async () => {
  process.env["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none";
  process.env["STANSCOPE_HOME"] = tmpdir();
  const { answer, sent } = await readSubject(runQuery("r"));
  expect(answer).toBeUndefined();
  expect(sent?.failure).toEqual({ code: "unavailable", message: expect.stringContaining("database cannot be reached"), field: undefined });
});
