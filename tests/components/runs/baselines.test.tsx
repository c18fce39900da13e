import { readFileSync } from "node:fs";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it, vi } from "vitest";
import { MarkShape } from "@/components/plots/mark";
import { CostPanel } from "@/components/runs/facts-panels";
import { configurationEntries } from "@/components/runs/run-facts";
import { RunHeader } from "@/components/runs/run-header";
import { Scorecard } from "@/components/runs/scorecard";
import { runRecordQuery } from "@/lib/client/runs";
import { methodOf } from "@/lib/contract/methods/methods";
import type { RunDetail } from "@/lib/contract/run";
import { adapterConfig, type RunConfig, runConfig, runMethod } from "@/lib/contract/run-config";
import { plainView, readView, writeView } from "@/tests/support/addresses";
import { recordOf, runDetailFixture } from "./run-detail-fixture";

vi.mock("next/navigation", () => ({ usePathname: () => "/runs/r", useRouter: () => ({}), useSearchParams: () => new URLSearchParams() }));

const fixture = runDetailFixture({ steps: 4, step: 4 });

function detailOf(written: object, task?: RunConfig["task"]): RunDetail {
  const adapter = adapterConfig.parse(written);
  const config = { ...fixture.config, adapter, ...(task === undefined ? {} : { task }) };
  return { ...fixture, run: { ...fixture.run, method: adapter.method }, config };
}

/** Names of the tabs above a run's pages. */
function tabsOf(detail: RunDetail): string[] {
  const client = new QueryClient();
  client.setQueryData(runRecordQuery("r").queryKey, recordOf(detail));
  const html = renderToStaticMarkup(
    <QueryClientProvider client={client}>
      <RunHeader runId="r" />
    </QueryClientProvider>,
  );
  const nav = html.slice(html.indexOf('<nav class="tabs"'), html.indexOf("</nav>"));
  return [...nav.matchAll(/<a[^>]*>([^<]*)/g)].map(([, name]) => name ?? "");
}

const stan = { method: "stan", numLatents: 7, k: 2, targets: { modules: ["v_proj"] } };

describe("the pages of a run", () => {
  it("has no pages of latents: neither steering nor text, and benchmarks where it continues text", () => {
    expect(tabsOf(detailOf(stan))).toEqual(["Overview", "Latents", "Concepts", "Measures", "Benchmarks", "Steer", "Your text"]);
    expect(tabsOf(detailOf({ method: "full" }))).toEqual(["Overview", "Benchmarks"]);
    const classifier = tabsOf(detailOf({ method: "head" }, { kind: "classification", labels: ["a", "b"] }));
    expect(classifier).not.toContain("Latents");
    expect(classifier).not.toContain("Steer");
    expect(classifier).not.toContain("Your text");
  });

  it("of images is read by its latents, steered and measured", () => {
    const detail = detailOf(stan, { kind: "classification", labels: ["a", "b"] });
    const mapping = { kind: "labelledImage", image: "image", label: "label" } as const;
    const data = { ...runConfig.parse({ ...detail.config, data: { kind: "dataSet", path: "/d", mapping } }).data };
    expect(tabsOf({ ...detail, config: { ...detail.config, data } })).toEqual(["Overview", "Latents", "Benchmarks", "Steer"]);
    const denoising = detailOf(stan, { kind: "denoising", classDropout: 0.1, evaluationDraws: 4 });
    expect(tabsOf({ ...denoising, config: { ...denoising.config, data } })).toEqual(["Overview", "Latents", "Steer"]);
  });

  it("over a diffusion model has no perplexity and no label tokens, and loss on all of each image", () => {
    const scoresOf = (detail: RunDetail) => renderToStaticMarkup(<Scorecard detail={detail} />);
    expect(scoresOf(detailOf(stan))).toMatch(/Perplexity.*token-weighted/s);
    const denoising = detailOf(stan, { kind: "denoising", classDropout: 0.1, evaluationDraws: 4 });
    expect(scoresOf(denoising)).toContain("Mean squared error per row; base model");
    expect(scoresOf(denoising)).not.toMatch(/Perplexity|token-weighted|label tokens/);
    const mapping = { kind: "labelledImage", image: "image", label: "label" } as const;
    const { config } = denoising;
    const own = runConfig.parse({ ...config, data: { kind: "dataSet", path: "/d", mapping } });
    expect(Object.fromEntries(configurationEntries(own))).toMatchObject({
      Task: expect.stringMatching(/^denoising: class withheld from 10.% of training images; 4 time steps a held-out image$/),
      "Loss on": "all values of each image",
    });
  });

  it("says what is trained, and that the rest is frozen", () => {
    const all = Object.fromEntries(configurationEntries(detailOf({ method: "full" }).config));
    expect(all).toMatchObject({
      Method: "full fine-tuning",
      Frozen: "everything else, incl. embeddings and norms",
      Targets: "all projections",
    });
    const some = detailOf({ method: "full", targets: { modules: ["v_proj"], layers: [2] } });
    expect(Object.fromEntries(configurationEntries(some.config))).toMatchObject({ Targets: "v_proj", Layers: "2" });
    expect(Object.fromEntries(configurationEntries(detailOf({ method: "head" }).config))).toMatchObject({ Method: "head alone" });
  });

  it("is not said to be merged into the base weights", () => {
    const footOf = (written: object) => renderToStaticMarkup(<CostPanel detail={detailOf(written)} />);
    expect(footOf({ method: "full" })).toContain("Replaces the base model&#x27;s weights");
    expect(footOf({ method: "head" })).toContain("only its head was trained");
    expect(footOf(stan)).toContain("cannot be merged");
  });

  it("is listed by its method, which stands in the address", () => {
    expect(readView(new URLSearchParams(writeView({ ...plainView, method: "full" }))).method).toBe("full");
    expect(readView(new URLSearchParams("method=other")).method).toBe("all");
  });
});

describe("the colours of the methods", () => {
  const tokens = readFileSync("app/styles/tokens.css", "utf8");
  // Light, dark by the system's setting, and dark by choice.
  const themes = tokens.split(/@media \(prefers-color-scheme: dark\)|^:root\[data-theme="dark"\]/m);
  const colourIn = (css: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)?.[1] ?? expect.fail(`no --${name}`);
  const luminance = (hex: string) =>
    [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
      .reduce((sum, value, at) => sum + value * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  const contrast = (one: string, other: string) => {
    const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  it("are read on their own ground and on the page, in light and dark, each with a shape of its own", () => {
    expect(themes).toHaveLength(3);
    for (const css of themes) {
      for (const method of runMethod.options) {
        const colour = colourIn(css, method);
        expect(colour).toBe(methodOf({ method }).colour[css === themes[0] ? "light" : "dark"]);
        expect(contrast(colour, colourIn(css, `${method}-soft`)), method).toBeGreaterThan(4.5);
        expect(contrast(colour, colourIn(css, "surface")), method).toBeGreaterThan(4.5);
      }
      expect(new Set(runMethod.options.map((method) => colourIn(css, method))).size).toBe(runMethod.options.length);
    }
    const marks = readFileSync("app/styles/marks.css", "utf8");
    for (const method of runMethod.options) {
      expect(marks, method).toContain(`.m.${method} {\n  color: var(--${method});\n  background: var(--${method}-soft);`);
      expect(marks, method).toContain(`.m.${method}::before {`);
    }
    const shapes = runMethod.options.map((mark) =>
      renderToStaticMarkup(
        <svg>
          <title>{mark}</title>
          <MarkShape mark={mark} x={5} y={5} radius={4} />
        </svg>,
      )
        .replace(/<title>.*<\/title>/, "")
        .replace(/var\(--\w+\)/, ""),
    );
    expect(new Set(shapes).size).toBe(runMethod.options.length);
  });
});
