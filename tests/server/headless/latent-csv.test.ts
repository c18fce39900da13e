import { expect, it } from "vitest";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { latentLines } from "@/server/headless/latent-csv";

it("latents.csv of the headless command keeps its columns, order and bytes", () => {
  const rows = [
    { row: 0, ids: [4, 4, 9, 5], domain: 0 },
    { row: 1, ids: [4, 9, 9, 5], domain: 1 },
  ];
  const { batch } = layTokenBatch(rows, 0);
  const places = batch.ids.length;
  const statistics = createCollectionStatistics({ numLatents: new Map([["q", 3]]), numDomains: 2, vocab: 10, rank: "value" });
  // Latent 0 fires at tokens 9, latent 1 at the first token of a row; latent 2 never.
  const kept = {
    indices: Int32Array.of(1, 0, 0, 0, 1, 0, 0, 0),
    values: Float32Array.of(0.5, 0, 2, 0, 1.5, 1, 4, 0),
    contributions: Float32Array.of(1, 0, 2, 0, 1, 1, 1, 0),
    updateSquares: new Float32Array(places).fill(1),
    baseSquares: new Float32Array(places).fill(4),
  };
  for (const _ of collectActivations(statistics, [{ batch }], () => new Map([["q", kept]]), { maxTokens: Infinity })) {
  }
  const about = {
    collected: { statistics, domains: ["sea", "land"], classes: [], rows: new Map() },
    attribution: new Map([["q", { sum: Float64Array.of(3, 0, 0), sumSquares: Float64Array.of(5, 0, 0), count: Float64Array.of(2, 0, 0) }]]),
    decoderNorms: new Map([["q", Float32Array.of(1, 2, 0.5)]]),
    record: {
      steps: 5,
      quietSteps: 2,
      windowEnds: Int32Array.of(5),
      windowTokens: Float64Array.of(8),
      modules: new Map([
        ["q", { bornAtStep: Int32Array.of(3, -1, -1), diedAtStep: Int32Array.of(4, -1, -1), density: new Float32Array(3) }],
      ]),
    },
    tokenText: (id: number) => `<${id}>`,
  };
  expect([...latentLines(about)]).toMatchInlineSnapshot(`
    [
      "module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation,selectivity,topDomain,topTokens,meanSquare,skewness,outputShare,decoderNorm,attribution,attributionCount,selectivityLow,selectivityHigh,nextTokens,bornAtStep,diedAtStep,topTokensError,nextTokensError,rowShare,specificShare,positiveTail,negativeTail
    ",
      "q,0,3,8,0.375,2.3333333333333335,4,1,0.6666666666666666,land,<9>:3,7,0.3818017741606059,0.5,1,1.5,2,0.15938182832172693,0.9547449141804907,<5>:2 <9>:1,3,4,0,0,1,0.707518749639422,,
    ",
      "q,1,2,8,0.25,1,1.5,0.5,0.5,sea,<4>:2,1.25,0,0.25,2,,0,0.09453120573423071,0.9054687942657693,<4>:1 <9>:1,,,0,0,1,0.5,,
    ",
      "q,2,0,8,0,,,,,,,,,0,0.5,,0,,,,,,,,0,,,
    ",
    ]
  `);
});
