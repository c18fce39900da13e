import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { isOfTokens } from "@/components/latent-table/columns/columns";
import { effectAxis } from "@/components/latent-table/effect-axis";
import { LatentTableRow } from "@/components/latent-table/latent-table-row";
import type { RowProps } from "@/components/latent-table/row-props";
import { cardNumbers } from "@/components/latent-table/sort-names";
import type { LatentRow } from "@/lib/contract/latent";
import { readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import { positionKinds } from "@/lib/contract/positions/position-kinds";
import { latentRowWith } from "@/tests/support/latent-detail";
import { columnsOf } from "./table-columns";

const row = latentRowWith({
  module: "layers.3.self_attn.v_proj",
  layer: 3,
  projection: "v_proj",
  index: 7,
  fireCount: 110,
  density: 0.0011,
  rowShare: 0.04,
  meanActivation: 2.5,
  meanSquare: 7,
  skewness: 0.5,
  maxActivation: 13,
  minActivation: 0.25,
  outputShare: 0.041,
  specificShare: 0.4,
  decoderNorm: 1,
  attribution: 0.0171,
  attributionCount: 11,
  selectivity: 0.81,
  selectivityInterval: [0.77, 0.86],
  topDomain: "recipes",
  domainCounts: [100, 10],
  topTokens: [{ token: " cups", count: 50, error: 0, lift: 40 }],
  bornAtStep: 20,
  ablation: { perFiring: 0.018, halfWidth: 0.002, controlPerFiring: 0.001, controlHalfWidth: 0.0005 },
});
const axis = effectAxis({ column: "ablation", scale: "linear", edges: [0, 0.05], counts: [5] }, 144);
const view = {
  domains: [
    { name: "recipes", tokens: 1000 },
    { name: "law", tokens: 1000 },
  ],
  positions: positionKinds.token,
  axis,
  largestShare: 0.082,
  mark: "stan" as const,
  isDense: false,
  searched: "",
};

const columns = columnsOf({ hasEffects: true });
const withoutTokens = columns.filter((column) => !isOfTokens(column));

function draw(change: Partial<LatentRow>, more: Partial<RowProps> = {}): string {
  return renderToStaticMarkup(
    <table>
      <tbody>
        <LatentTableRow
          row={{ ...row, ...change }}
          index={4}
          hrefOf={(latent, index) => `/there/${latent.index}?at=${index}`}
          columns={columns}
          view={view}
          sort="selectivity"
          isNarrow={false}
          isFocused={false}
          isSelected={false}
          folded={{ count: 0, latents: [] }}
          isUnfolded={false}
          isDuplicate={false}
          onUnfold={() => undefined}
          onSelect={() => undefined}
          onOpen={() => undefined}
          {...more}
        />
      </tbody>
    </table>,
  );
}

describe("a row of the table", () => {
  it("links to its latent and says which row it is", () => {
    expect(draw({})).toContain('href="/there/7?at=4"');
    expect(draw({})).toContain('aria-rowindex="6"');
  });

  it("says how many near-duplicates are folded under it, and that one is such", () => {
    const two = { count: 2, latents: [1, 2].map((index) => ({ module: row.module, index })) };
    expect(draw({})).not.toContain("near-duplicate");
    expect(draw({}, { folded: two })).toContain('aria-expanded="false" aria-label="Show 2 near-duplicates of L3 v_proj #7"');
    expect(draw({}, { folded: two, isUnfolded: true })).toContain('aria-label="Hide 2 near-duplicates of L3 v_proj #7"');
    expect(draw({}, { folded: { ...two, count: 900 } })).toContain('aria-label="Show the first 2 of 900 near-duplicates of L3 v_proj #7"');
    expect(draw({}, { isDuplicate: true })).toContain("Near-duplicate: ");
  });

  it("marks the token that was searched, and shows it before those at which the latent fires more often", () => {
    const topTokens = [" cups", " of", " in", " and", " the", " spoon"].map((token) => ({ token, count: 5, error: 0, lift: 2 }));
    expect(draw({ topTokens })).not.toContain("spoon");
    const found = draw({ topTokens }, { view: { ...view, searched: "Spoon" } });
    expect(found.indexOf("spoon")).toBeLessThan(found.indexOf("cups"));
    expect(found).toMatch(/<mark[^>]*><span[^>]*title="5 firings, 2\.00 × its base rate">/);
    expect(found.match(/<mark/g)).toHaveLength(1);
  });

  it("has the number of firings beside the selectivity that they are a share of", () => {
    expect(draw({})).toContain('0.81 <span class="tiny dim">n 110</span>');
  });

  it("draws its output share half as long as the largest, which is twice its own", () => {
    expect(draw({})).toContain("width:17px");
  });

  it("outlines a share below zero: it writes against the update", () => {
    expect(draw({ outputShare: -0.041 })).toMatch(/class="[^"]*against/);
    expect(draw({})).not.toMatch(/class="[^"]*against/);
  });

  it("shows the effect with its interval and its controls in words", () => {
    expect(draw({})).toContain("+0.0180 ±\u00a00.00200 nats per firing; controls +0.00100 ±\u00a05\u00a0×\u00a010⁻⁴");
    expect(draw({})).toContain('fill="var(--stan)"');
  });

  it("gives the effect of a dense component per position", () => {
    expect(draw({}, { view: { ...view, isDense: true } })).toContain("+0.0180 ±\u00a00.00200 nats per position; controls");
  });

  it("writes three digits of a change of loss, however small it is", () => {
    const drawn = draw({
      attribution: -0.00003871,
      ablation: { perFiring: 0.000004, halfWidth: 0.0000021, controlPerFiring: null, controlHalfWidth: null },
    });
    expect(drawn).toContain("−3.87<");
    expect(drawn).toContain("10⁻⁵");
    expect(drawn).toContain("+4<");
    expect(drawn).toContain("+4\u00a0×\u00a010⁻⁶ ±\u00a02.1\u00a0×\u00a010⁻⁶ nats per firing");
  });

  it("draws an effect whose interval holds zero hollow and grey, and says so", () => {
    const drawn = draw({ ablation: { perFiring: 0.001, halfWidth: 0.002, controlPerFiring: null, controlHalfWidth: null } });
    expect(drawn).toContain("95 % CI includes 0; no controls");
    expect(drawn).not.toContain('fill="var(--stan)"');
  });

  it("says of an effect that too few rows bear that it has no interval", () => {
    const drawn = draw({ ablation: { perFiring: 0.185, halfWidth: null, controlPerFiring: null, controlHalfWidth: null } });
    expect(drawn).toContain("+0.185 nats per firing, fires in fewer than 30 rows: too few for an interval; no controls");
    expect(drawn).not.toContain('fill="var(--stan)"');
  });

  it("shows a person's label, and else an automatic one marked as such", () => {
    expect(draw({ label: { text: "quantity before a unit", source: "person" } })).toContain("quantity before a unit");
    expect(draw({ label: { text: "units", source: "explainer" } })).toContain("units (written by the explainer)");
    expect(draw({}, { columns: withoutTokens })).toContain('title="Automatic, from its top tokens: ·cups; recipes"');
  });

  it("does not repeat in an automatic label what its column of tokens says", () => {
    const drawn = draw({});
    expect(drawn).toContain('title="Automatic, from its domain: recipes"');
    expect(drawn.match(/cups/g)).toHaveLength(1);
    expect(draw({}, { isNarrow: true }).match(/cups/g)).toHaveLength(1);
    expect(draw({ selectivityInterval: [0.4, 0.6] })).not.toContain("Automatic");
  });

  it("says of a dense component that its automatic label is from its tails", () => {
    const tail = (token: string) => ({ positions: 32, tokens: [{ token, count: 20, error: 0, lift: 9 }] });
    const drawn = draw({ positiveTail: tail(" cups"), negativeTail: tail(" law") }, { columns: withoutTokens });
    expect(drawn).toContain('title="Automatic, from its tails: + ·cups − ·law"');
  });

  it("says of a dead latent that it is dead, and leaves what it has not as not measured", () => {
    const dead = {
      fireCount: 0,
      density: 0,
      meanActivation: null,
      maxActivation: null,
      attribution: null,
      selectivity: null,
      selectivityInterval: null,
      topDomain: null,
      domainCounts: [0, 0],
      topTokens: [],
      ablation: null,
    };
    const drawn = draw(dead);
    expect(drawn).toContain("dead");
    expect(draw(dead, { columns: withoutTokens })).toContain("no label");
    expect(drawn.match(/–</g)?.length).toBeGreaterThanOrEqual(5);
  });

  it("ends the interval of an effect with an arrow where it goes on beyond the axis", () => {
    const arrows = (halfWidth: number) =>
      draw({ ablation: { ...(row.ablation ?? expect.fail()), halfWidth } }).match(/<path d="M[^"]*" fill="none"/g);
    expect(arrows(0.002)).toBeNull();
    expect(arrows(1)).toHaveLength(2);
  });

  it("is a card on a narrow screen, with the value that rows are ordered by", () => {
    const card = draw({}, { isNarrow: true });
    expect(card).toContain("0.81");
    expect(card).toContain("nats per firing");
    expect(card).not.toContain("4.1");
    expect(draw({}, { isNarrow: true, sort: "label" })).toContain("110");
  });

  it("is in reading order a card with its measured effect, else with its output share, as the words over the cards say", () => {
    const numberOf = (change: Partial<LatentRow>) =>
      /class="[^"]*value[^"]*">(.*?)<\/td>/.exec(draw(change, { isNarrow: true, sort: readingOrder }))?.[1];
    expect(numberOf({})).toContain("+0.018");
    expect(numberOf({ ablation: null })).toContain("4.1");
    expect(cardNumbers(readingOrder, false, true)).toBe("Δ loss, else output share");
    expect(cardNumbers(readingOrder, false, false)).toBe("output share");
    expect(cardNumbers("label", false, true)).toBe("firings");
    expect(cardNumbers("selectivityShare", false, true)).toBe("selectivity");
  });

  it("marks top tokens that are estimates, and no others", () => {
    const estimated = draw({ topTokens: [{ token: " cups", count: 50, error: 4, lift: 40 }] });
    expect(estimated).toContain("each count may be up to 4 higher");
    expect(draw({})).not.toContain("Estimated");
  });
});
