import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it, vi } from "vitest";
import { ImportRunPage } from "@/components/runs/import/import-run-page";
import { dataSetsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";

vi.mock("next/navigation", () => ({ useRouter: () => ({ push: () => {} }) }));

const model = { id: "m", name: "SmolLM2" } as ModelSummary;
const dataSet = { id: "d", name: "rows", mapping: { kind: "text", text: "text" } } as DataSetSummary;

it("offers the installed models and the data whose columns are known, and asks for neither", () => {
  const client = new QueryClient();
  client.setQueryData(modelsQuery().queryKey, [model]);
  client.setQueryData(dataSetsQuery().queryKey, [dataSet, { ...dataSet, id: "e", name: "odd", mapping: null }]);
  const html = renderToStaticMarkup(
    <QueryClientProvider client={client}>
      <ImportRunPage />
    </QueryClientProvider>,
  );
  const options = [...html.matchAll(/<option value="(.*?)"(.*?)>(.*?)<\/option>/g)].map(([, value, rest, label]) => [
    value,
    label,
    rest?.includes("disabled") === true ? "off" : rest?.includes("selected") === true ? "chosen" : "on",
  ]);
  expect(options).toEqual([
    ["", "as the adapter’s file names it", "chosen"],
    ["m", "SmolLM2", "on"],
    ["", "none", "chosen"],
    ["d", "rows", "on"],
    ["e", "odd: columns not recognised", "on"],
  ]);
  expect(html).toMatch(/<button[^>]*type="submit"[^>]*disabled/);
  expect(html).toContain("adapter_model.bin is a pickle and is not read");
});

it("offers the sample, which the welcome page no longer does once there are runs", () => {
  const html = renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <ImportRunPage />
    </QueryClientProvider>,
  );
  expect(html).toMatch(/<button[^>]*>Open the sample<\/button>/);
});
