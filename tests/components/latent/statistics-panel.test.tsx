import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { StatisticsPanel } from "@/components/latent/statistics-panel";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { latentRowWith } from "@/tests/support/latent-detail";

function cellsOf(markup: string): string[] {
  return [...markup.matchAll(/<td[^>]*>([^<]*)<\/td>/g)].map(([, text]) => text ?? "");
}

it("lists the statistics that have no other place on the page, a dash where one is not known", () => {
  const row = latentRowWith({ rowShare: 0.125, meanActivation: 2.5, skewness: -0.75 });
  const markup = renderToStaticMarkup(<StatisticsPanel row={row} noun="component" isDense={false} positions={positionKinds.token} />);
  expect(cellsOf(markup)).toEqual([
    "Share of rows",
    "12.5\u202f%",
    "Mean",
    "2.50",
    "Mean square",
    "–",
    "Skewness",
    "−0.750",
    "Decoder norm",
    "–",
  ]);
  expect(markup).toContain("Share of rows in which the component fires at least once");
});

it("leaves out of a dense component the share of rows, which is that of all", () => {
  const row = latentRowWith({ rowShare: 1, meanActivation: 2.5 });
  const markup = renderToStaticMarkup(<StatisticsPanel row={row} noun="component" isDense positions={positionKinds.token} />);
  expect(markup).not.toContain("Share of rows");
  expect(markup).toContain("2.50");
});
