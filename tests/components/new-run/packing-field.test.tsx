// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { PackingField } from "@/components/new-run/packing-field";
import { newRunForm, type RunForm } from "@/components/new-run/run-form";
import { previewQuery } from "@/lib/client/data";
import type { Preview } from "@/lib/contract/data-set";
import { renderPage, testClient } from "@/tests/support/page";
import { model } from "./small-model";

afterEach(cleanup);

const form: RunForm = { ...newRunForm(model), dataSetId: "d" };

function draw(counts: Pick<Preview, "packedRows" | "trainRows">) {
  const client = testClient();
  const request = { modelId: "m", dataSetId: "d", mapping: form.mapping, useChatTemplate: false, maxTokens: 64, from: 0, count: 3 };
  const data: Preview = {
    ...{ rows: [], totalRows: 500, labelTokens: 1, tokens: 4000, rowsWithoutLabels: 0, rowsTooLong: 0, validationRows: 100 },
    ...counts,
  };
  client.setQueryData(previewQuery(request).queryKey, data);
  const change = vi.fn();
  renderPage(<PackingField form={form} change={change} isReady />, client);
  return change;
}

it("says how many rows of the greatest length hold the rows of the data", () => {
  draw({ packedRows: 50, trainRows: 400 });
  expect(screen.getByText(/400 rows → about 50 rows of 64 tokens/)).toBeDefined();
});

it("counts nothing before the rows are counted", () => {
  draw({ packedRows: null, trainRows: null });
  expect(screen.queryByText(/→/)).toBeNull();
});

it("turns packing on", () => {
  const change = draw({ packedRows: 50, trainRows: 400 });
  fireEvent.click(screen.getByRole("switch", { name: "Pack rows" }));
  expect(change).toHaveBeenCalledWith({ training: { ...form.training, packing: true } });
});
