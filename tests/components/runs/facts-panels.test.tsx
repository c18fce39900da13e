// @vitest-environment happy-dom
import { cleanup } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { ConfigurationPanel, ProvenancePanel } from "@/components/runs/facts-panels";
import { runConfig } from "@/lib/contract/run-config";
import { renderPage } from "@/tests/support/page";
import { runDetailFixture } from "./run-detail-fixture";

afterEach(cleanup);

const detail = runDetailFixture({ steps: 4, step: 4 });
const names = () => [...document.querySelectorAll("dt")].map((name) => name.textContent ?? "");

it("a run's settings stand under the names by which people call them", () => {
  const targets = { modules: ["q_proj"] };
  const adapters = [
    { method: "stan", numLatents: 8, k: 2, latentsPattern: { v_proj: 4 }, targets },
    { method: "lora", rank: 2, alpha: 4, targets },
    { method: "vera", rank: 2, targets },
  ] as const;
  for (const adapter of adapters) {
    renderPage(<ConfigurationPanel detail={{ ...detail, config: runConfig.parse({ ...detail.config, adapter }) }} />);
    expect(names()).toContain("Method");
    expect(names().filter((name) => !/^(alpha$|[A-Z])/.test(name) || /[a-z][A-Z][a-z]/.test(name))).toEqual([]);
    cleanup();
  }
});

it("so do the records of what made it", () => {
  renderPage(<ProvenancePanel detail={{ ...detail, provenance: { askedDtype: "nf4", data: "d47a", engine: "tensorflow" } }} />);
  expect(names()).toEqual(["Engine", "Frozen weights requested", "Hash of the data"]);
});

it("on a phone they are folded under how many there are", () => {
  renderPage(<ConfigurationPanel detail={detail} />);
  const [line] = document.querySelectorAll("summary");
  expect(line?.textContent).toBe(`${names().length} settings`);
});
