import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { saveEffects } from "@/server/db/labels/effects";
import { saveLabel } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import { exportParquet } from "@/server/services/interop/export-parquet";
import { exportLatents } from "@/server/services/latents/export-latents";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();
const collection = await storedCollection(context.store, [latentInput(0, 0, 40), latentInput(0, 1, 0), latentInput(1, 2, 7, 'say "hi"')]);
const { db } = context.store;
const query = latentQuery.parse({ collectionId: collection.id, sort: "module", order: "asc" });
const label = { text: "cups, spoons", note: "seen twice", source: "person", score: null } as const;
await saveLabel(db, subjectOf(collection), { ...label, module: "layers.0.q_proj", index: 0 });
const effect = {
  delta: 1,
  halfWidth: 1,
  perFiring: 0.25,
  perFiringHalfWidth: 0.5,
  rows: 2,
  labelTokens: 9,
  firings: 3,
  byDomain: [],
  writes: null,
};
const controls = [2, 4].map((perFiring, index) => ({ index, delta: 1, perFiring, firings: 3 }));
await saveEffects(db, collection.id, { module: 0, index: 0 }, [{ ...effect, operation: "ablatePost", controls }]);

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const part of parts) text += part;
  return text;
}

it("A collection's latents as CSV keep their columns, order and bytes", async () => {
  expect((await textOf(await exportLatents(context, query, "csv"))).split("\r\n")).toMatchInlineSnapshot(`
    [
      "module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation,selectivity,topDomain,topTokens,layer,projection,meanSquare,skewness,outputShare,decoderNorm,attribution,attributionCount,selectivityLow,selectivityHigh,bornAtStep,diedAtStep,ablation,ablationHalfWidth,controlAblation,controlAblationHalfWidth,label,labelSource,note,topTokensError,rowShare,specificShare,weightNorm,positiveTail,negativeTail,fireCount sea,fireCount land",
      "layers.0.q_proj,0,40,1000,0.04,0.025,5,-5,0.9,sea,word,0,q_proj,0.05,2,0.01953125,2,-2,40,0.25,0.75,0,,0.25,0.5,3,12.706204736174515,"cups, spoons",person,seen twice,1,0.0390625,0.09070031620653758,,,,40,0",
      "layers.0.q_proj,1,0,1000,0,,,,,,,0,q_proj,,,,1,,0,,,,,,,,,,,,,0,,,,,0,0",
      "layers.1.v_proj,2,7,1000,0.007,0.14285714285714285,5,-9,0.5700000000000001,land,"say ""hi""",1,v_proj,0.2857142857142857,-3,0.00341796875,2,0,7,0.25,0.75,3,,,,,,,,,1,0.0068359375,0.024467287860464544,,,,7,0",
      "",
    ]
  `);
});

it("A collection's latents as JSON keep their keys and order", async () => {
  expect((await textOf(await exportLatents(context, query, "json"))).split("\n")).toMatchInlineSnapshot(`
    [
      "[",
      "{"module":"layers.0.q_proj","layer":0,"projection":"q_proj","index":0,"fireCount":40,"density":0.04,"rowShare":0.0390625,"meanActivation":0.025,"meanSquare":0.05,"skewness":2,"maxActivation":5,"minActivation":-5,"outputShare":0.01953125,"specificShare":0.09070031620653758,"decoderNorm":2,"attribution":-2,"attributionCount":40,"selectivity":0.9,"selectivityInterval":[0.25,0.75],"topDomain":"sea","domainCounts":[40,0],"topTokens":[{"token":"word","count":40,"error":1,"lift":2}],"bornAtStep":0,"diedAtStep":null,"ablation":{"perFiring":0.25,"halfWidth":0.5,"controlPerFiring":3,"controlHalfWidth":12.706204736174515},"label":{"text":"cups, spoons","source":"person"},"weightNorm":null,"positiveTail":null,"negativeTail":null,"note":"seen twice"},",
      "{"module":"layers.0.q_proj","layer":0,"projection":"q_proj","index":1,"fireCount":0,"density":0,"rowShare":0,"meanActivation":null,"meanSquare":null,"skewness":null,"maxActivation":null,"minActivation":null,"outputShare":null,"specificShare":null,"decoderNorm":1,"attribution":null,"attributionCount":0,"selectivity":null,"selectivityInterval":null,"topDomain":null,"domainCounts":[0,0],"topTokens":[],"bornAtStep":null,"diedAtStep":null,"ablation":null,"label":null,"weightNorm":null,"positiveTail":null,"negativeTail":null,"note":null},",
      "{"module":"layers.1.v_proj","layer":1,"projection":"v_proj","index":2,"fireCount":7,"density":0.007,"rowShare":0.0068359375,"meanActivation":0.14285714285714285,"meanSquare":0.2857142857142857,"skewness":-3,"maxActivation":5,"minActivation":-9,"outputShare":0.00341796875,"specificShare":0.024467287860464544,"decoderNorm":2,"attribution":0,"attributionCount":7,"selectivity":0.5700000000000001,"selectivityInterval":[0.25,0.75],"topDomain":"land","domainCounts":[7,0],"topTokens":[{"token":"say \\"hi\\"","count":7,"error":1,"lift":2}],"bornAtStep":3,"diedAtStep":null,"ablation":null,"label":null,"weightNorm":null,"positiveTail":null,"negativeTail":null,"note":null}",
      "]",
      "",
    ]
  `);
});

it("A collection's latents as Parquet keep their columns, types and order", async () => {
  const parts: Uint8Array[] = [];
  for await (const part of await exportParquet(context, query)) parts.push(part);
  const file = new Uint8Array(Buffer.concat(parts)).buffer;
  const { schema } = await parquetMetadataAsync(file);
  expect(schema.map(({ name, type, logical_type }) => `${name} ${type ?? ""} ${logical_type?.type ?? ""}`)).toMatchInlineSnapshot(`
    [
      "root  ",
      "module BYTE_ARRAY ",
      "layer INT32 ",
      "projection BYTE_ARRAY ",
      "index INT32 ",
      "fireCount INT32 ",
      "density DOUBLE ",
      "meanActivation DOUBLE ",
      "meanSquare DOUBLE ",
      "skewness DOUBLE ",
      "maxActivation DOUBLE ",
      "minActivation DOUBLE ",
      "outputShare DOUBLE ",
      "decoderNorm DOUBLE ",
      "attribution DOUBLE ",
      "attributionCount INT32 ",
      "selectivity DOUBLE ",
      "selectivityFrom DOUBLE ",
      "selectivityTo DOUBLE ",
      "topDomain BYTE_ARRAY ",
      "bornAtStep INT32 ",
      "diedAtStep INT32 ",
      "ablationPerFiring DOUBLE ",
      "ablationHalfWidth DOUBLE ",
      "controlPerFiring DOUBLE ",
      "controlHalfWidth DOUBLE ",
      "label BYTE_ARRAY ",
      "labelSource BYTE_ARRAY ",
      "topTokens BYTE_ARRAY ",
      "rowShare DOUBLE ",
      "specificShare DOUBLE ",
      "weightNorm DOUBLE ",
      "positiveTail BYTE_ARRAY ",
      "negativeTail BYTE_ARRAY ",
      "fireCount sea INT32 ",
      "fireCount land INT32 ",
    ]
  `);
  expect((await parquetReadObjects({ file }))[0]).toMatchInlineSnapshot(`
    {
      "ablationHalfWidth": 0.5,
      "ablationPerFiring": 0.25,
      "attribution": -2,
      "attributionCount": 40,
      "bornAtStep": 0,
      "controlHalfWidth": 12.706204736174515,
      "controlPerFiring": 3,
      "decoderNorm": 2,
      "density": 0.04,
      "diedAtStep": null,
      "fireCount": 40,
      "fireCount land": 0,
      "fireCount sea": 40,
      "index": 0,
      "label": "cups, spoons",
      "labelSource": "person",
      "layer": 0,
      "maxActivation": 5,
      "meanActivation": 0.025,
      "meanSquare": 0.05,
      "minActivation": -5,
      "module": "layers.0.q_proj",
      "negativeTail": null,
      "outputShare": 0.01953125,
      "positiveTail": null,
      "projection": "q_proj",
      "rowShare": 0.0390625,
      "selectivity": 0.9,
      "selectivityFrom": 0.25,
      "selectivityTo": 0.75,
      "skewness": 2,
      "specificShare": 0.09070031620653758,
      "topDomain": "sea",
      "topTokens": [
        {
          "count": 40,
          "error": 1,
          "lift": 2,
          "token": "word",
        },
      ],
      "weightNorm": null,
    }
  `);
});
