import { describe, expect, it } from "vitest";
import {
  choiceWidth,
  columnKeys,
  columnWidths,
  defaultColumns,
  fittingColumns,
  knownColumns,
  nameWidth,
  readColumns,
} from "@/components/latent-table/columns/columns";
import { endsOf } from "@/components/latent-table/columns/histogram-ends";
import { hiddenOrder, shownSort, sortNames } from "@/components/latent-table/sort-names";
import { latentSortKeys } from "@/lib/contract/latent-columns/column-sorts";
import { rangeColumns } from "@/lib/contract/latent-ranges";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { columnsOf } from "./table-columns";

const columns = columnsOf({ domains: 5, hasEffects: true });
const denseColumns = columnsOf({ one: "component", isDense: true, domains: 5, hasEffects: true });
const either = [...new Map([...columns, ...denseColumns].map((column) => [column.key, column])).values()];

describe("the columns of the table", () => {
  it("sort by all that the server sorts by, and filter by all that it filters by", () => {
    // Beside the table: the head of selectivity sorts by its interval's lower end.
    const sorts = new Set(["readingOrder", "module", "index", "selectivityShare", ...either.flatMap(({ sort }) => sort ?? [])]);
    expect([...sorts].sort()).toEqual([...latentSortKeys].sort());
    expect(either.flatMap(({ range }) => range ?? []).sort()).toEqual([...rangeColumns].sort());
  });

  it("stand in one order and have each their name in an address", () => {
    for (const some of [columns, denseColumns]) {
      const keys = some.map(({ key }) => key);
      expect(keys).toEqual(columnKeys.filter((key) => keys.includes(key)));
    }
    expect(either.map(({ key }) => key).sort()).toEqual([...columnKeys].sort());
  });

  it("speak of domains only where there are some", () => {
    const keys = columnsOf({ domains: 0 }).map(({ key }) => key);
    expect(keys).not.toContain("domains");
    expect(keys).not.toContain("selectivity");
  });

  it("show the ends of a signed component in place of a density near 1", () => {
    expect(defaultColumns(false)).toContain("density");
    expect(defaultColumns(true)).not.toContain("density");
    expect(defaultColumns(true)).toContain("minActivation");
  });

  it("leave out of dense components what is the same for all of them, and show their tails and weights", () => {
    const keys = denseColumns.map(({ key }) => key);
    for (const constant of ["fireCount", "density", "rowShare", "specificShare", "selectivity", "domains", "topTokens", "bornAtStep"]) {
      expect(keys).not.toContain(constant);
    }
    expect(defaultColumns(true)).toEqual([
      "meanActivation",
      "maxActivation",
      "minActivation",
      "weightNorm",
      "outputShare",
      "attribution",
      "ablation",
      "positiveTail",
      "negativeTail",
      "label",
    ]);
    for (const key of ["positiveTail", "negativeTail", "weightNorm"]) expect(columns.map(({ key: own }) => String(own))).not.toContain(key);
    const patches = columnsOf({ one: "component", positions: positionKindOf("patch"), isDense: true, domains: 0 });
    expect(patches.map(({ key }) => key)).not.toContain("positiveTail");
  });

  it("show all default columns of dense components at 1440 px", () => {
    const chosen = denseColumns.filter(({ key }) => defaultColumns(true).includes(key));
    expect(fittingColumns(chosen, 1390)).toEqual(chosen);
  });
});

describe("the choice of columns", () => {
  it("is read in the table's order, unknown names left out", () => {
    expect(readColumns("label,colour,density")).toEqual(["density", "label"]);
  });

  it("is none where it names no column", () => {
    expect(readColumns(null)).toBeNull();
    expect(readColumns("colour")).toBeNull();
    expect(readColumns("")).toBeNull();
  });
});

describe("a window too narrow for all", () => {
  const chosen = columns.filter(({ key }) => defaultColumns(false).includes(key));
  const all = choiceWidth + nameWidth + chosen.reduce((sum, { width }) => sum + width, 0);

  it("shows the default columns in full at 1440 px", () => {
    expect(fittingColumns(chosen, 1390)).toEqual(chosen);
  });

  it("drops attribution alone at 1280 px, a scroll bar beside them", () => {
    expect(chosen.filter((column) => !fittingColumns(chosen, 1280 - 48 - 2 - 15).includes(column)).map(({ key }) => key)).toEqual([
      "attribution",
    ]);
  });

  it("drops the one that ranks last first", () => {
    expect(chosen.filter((column) => !fittingColumns(chosen, all - 1).includes(column)).map(({ key }) => key)).toEqual(["attribution"]);
  });

  it("keeps the best when there is no room at all", () => {
    expect(fittingColumns(chosen, 10).map(({ key }) => key)).toEqual(["topTokens"]);
  });
});

it("leaves out of a dictionary what its source did not measure", () => {
  const histograms = [
    { column: "ablation" as const, scale: "linear" as const, edges: [0, 1], counts: [0] },
    { column: "density" as const, scale: "log" as const, edges: [0.1, 1], counts: [3] },
  ];
  const known = knownColumns(columns, histograms).map(({ key }) => key);
  expect(known).not.toContain("ablation");
  expect(known).toContain("density");
  expect(known).toContain("label");
  expect(knownColumns(columns, [])).toEqual(columns);
});

it("labels leave their room to the tokens where none was written", () => {
  const widthsOf = (hasLabels: boolean) =>
    columnWidths(
      columnsOf({ domains: 5, hasEffects: true, hasLabels }).filter(({ key }) => key === "topTokens" || key === "label"),
      1000,
      true,
    );
  expect(widthsOf(true)).toEqual([expect.any(Number), null]);
  expect(widthsOf(false)).toEqual([null, 84]);
});

describe("the widths of columns", () => {
  const some = columns.filter(({ key }) => key === "ablation" || key === "topTokens" || key === "label");

  it("share what is left among those that grow", () => {
    expect(columnWidths(some, 190 + 244 + 150 + 116 + 70, true)).toEqual([96, 148, 185, null]);
  });

  it("are the least ones where nothing is left", () => {
    expect(columnWidths(some, 100, true)).toEqual([96, 148, 150, null]);
  });
});

describe("the ends of a histogram", () => {
  it("are powers of ten on a log scale", () => {
    expect(endsOf({ column: "density", scale: "log", edges: [1e-5, 1e-2, 1] })).toEqual(["10⁻⁵", "1"]);
  });

  it("are short", () => {
    expect(endsOf({ column: "ablation", scale: "linear", edges: [-3.71e-4, 0.0015] })).toEqual(["−3.7e−4", "0.0015"]);
    expect(endsOf({ column: "maxActivation", scale: "linear", edges: [0, 23.96] })).toEqual(["0", "24"]);
    expect(endsOf({ column: "attribution", scale: "linear", edges: [-0.0123, 0.0501] })).toEqual(["−0.012", "0.05"]);
    expect(endsOf({ column: "outputShare", scale: "linear", edges: [0, 0.083] })).toEqual(["0\u202f%", "8\u202f%"]);
  });
});

describe("the order", () => {
  const shown = columns.filter(({ key }) => key === "density" || key === "label");

  it("by firings is shown by density, which is the same", () => {
    expect(shownSort("fireCount", shown)).toBe("density");
    expect(shownSort("fireCount", columns)).toBe("fireCount");
    expect(hiddenOrder("fireCount", "desc", shown)).toBeNull();
  });

  it("is said in words where no head shows it", () => {
    expect(hiddenOrder("decoderNorm", "asc", shown)).toBe("by decoder norm, smallest first");
    expect(hiddenOrder("module", "asc", shown)).toBeNull();
  });

  it("has a name each", () => {
    const names = (isDense: boolean) => sortNames(isDense).map(([key]) => key);
    expect([...new Set([...names(false), ...names(true)])].sort()).toEqual([...latentSortKeys].sort());
    expect(names(true)).not.toContain("density");
    expect(names(true)).toContain("weightNorm");
    expect(names(false)).not.toContain("weightNorm");
  });
});
