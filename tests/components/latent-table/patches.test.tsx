import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { CollectionMethod } from "@/components/latent-table/collection-method";
import { LatentCell } from "@/components/latent-table/latent-cell";
import { LatentFilters } from "@/components/latent-table/latent-filters";
import { LatentTableRow } from "@/components/latent-table/latent-table-row";
import { readLatentParams } from "@/components/latents/latent-params";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { collectionWith } from "@/tests/support/collection-summary";
import { latentRowWith } from "@/tests/support/latent-detail";
import { columnsOf } from "./table-columns";

const domains = [
  { name: "birds", tokens: 600 },
  { name: "boats", tokens: 500 },
];
const positionKind = "patch";
const positions = positionKindOf(positionKind);
const collection = collectionWith({ positionKind, tokens: 1100, domains });
const columns = columnsOf({ positions });

it("has no column of top tokens where positions have no vocabulary, and explains the others in the words of their kind", () => {
  expect(columns.map(({ key }) => key)).not.toContain("topTokens");
  const titles = columns.map(({ title }) => title).join("; ");
  expect(titles).toContain("Share of counted patches at which the latent fires");
  expect(titles).toContain("Firings in each domain, as if all had equally many patches");
  expect(titles).not.toContain("token");
});

it("draws a row with the domain in place of top tokens", () => {
  const row = latentRowWith({ topDomain: "birds", selectivity: 0.95, selectivityInterval: [0.9, 0.99], domainCounts: [7, 0] });
  const view = { domains, positions, axis: null, largestShare: 0, mark: "stan" as const, isDense: false, searched: "" };
  const markup = renderToStaticMarkup(
    <table>
      <tbody>
        <LatentTableRow
          {...{ row, columns, view }}
          index={0}
          hrefOf={() => "/there"}
          sort="fireCount"
          isNarrow={false}
          isFocused={false}
          isSelected={false}
          folded={{ count: 0, latents: [] }}
          isUnfolded={false}
          isDuplicate={false}
          onUnfold={() => undefined}
          onSelect={() => undefined}
          onOpen={() => undefined}
        />
      </tbody>
    </table>,
  );
  expect(markup).toContain("Automatic, from its domain: birds");
  expect(markup).not.toContain("token");
});

it("filters and describes a collection in the words of its kind", () => {
  const filters = renderToStaticMarkup(
    <LatentFilters
      {...{ collection, columnMenu: null, filterMenu: null }}
      one="latent"
      isDense={false}
      params={readLatentParams(new URLSearchParams("search=wing"))}
      onParams={() => undefined}
      total={{ shown: 7, folded: 0 }}
      orderNote={null}
      searchRef={{ current: null }}
    />,
  );
  expect(filters).toContain('placeholder="Label"');
  expect(filters).toContain("label “wing”");
  expect(filters.toLowerCase()).not.toContain("token");
  const method = renderToStaticMarkup(<CollectionMethod collection={collection} method="stan" />);
  expect(method).toContain("1\u00a0100 counted patches");
  expect(method).toContain("600 patches");
  expect(method).not.toContain("token");
});

it("counts images where a selectivity is of how many", () => {
  const domains = [
    { name: "birds", tokens: 600, rows: 60 },
    { name: "boats", tokens: 500, rows: 50 },
  ];
  const draw = (rowShare: number) => {
    const row = latentRowWith({ fireCount: 400, rowShare, topDomain: "birds", selectivity: 0.9, selectivityInterval: [0.6, 0.98] });
    const view = { domains, positions, axis: null, largestShare: 0, mark: "stan" as const, isDense: false, searched: "" };
    return renderToStaticMarkup(<LatentCell {...{ row, view }} column="selectivity" hasTokens={false} />);
  };
  expect(draw(0.5)).toContain("n 55<");
  expect(draw(0.5)).toContain("95 % interval");
  expect(draw(0.2)).toContain("n = 22: too few for an interval");
});
