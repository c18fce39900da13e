import { expect, it } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { exportLatents } from "@/server/services/latents/export-latents";
import { listColumnHistograms } from "@/server/services/latents/list-column-histograms";
import { listLatents } from "@/server/services/latents/list-latents";
import { freshContext } from "@/tests/support/service-context";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

const context = await freshContext();

/** As a version stored it that knew no share of rows. */
async function earlierCollection() {
  const collection = await storedCollection(context.store, [latentInput(0, 0, 40), latentInput(0, 1, 0), latentInput(1, 0, 100)]);
  const { pool } = context.store;
  await pool.query("UPDATE latents SET row_share = NULL WHERE collection_id = $1", [collection.id]);
  await pool.query("DELETE FROM latent_columns WHERE collection_id = $1 AND name = 'rowShare'", [collection.id]);
  return collection;
}

it("A collection of an earlier version has no value in a newer column, and is sorted, filtered and exported all the same", async () => {
  const { id } = await earlierCollection();
  const list = (query: Record<string, unknown>) => listLatents(context, latentQuery.parse({ collectionId: id, ...query }));
  for (const order of ["asc", "desc"]) {
    const { rows, total } = await list({ sort: "rowShare", order });
    expect([total, rows.map(({ rowShare, fireCount }) => [rowShare, fireCount])]).toEqual([
      3,
      [
        [null, 40],
        [null, 0],
        [null, 100],
      ],
    ]);
  }
  expect((await list({ sort: "rowShare", state: "alive" })).rows.map(({ fireCount }) => fireCount)).toEqual([40, 100]);
  expect((await list({ ranges: "rowShare:0.." })).total).toBe(0);
  const columns = (await listColumnHistograms(context, id)).map(({ column }) => column);
  expect(columns).toContain("density");
  expect(columns).not.toContain("rowShare");
  let csv = "";
  for await (const part of await exportLatents(context, latentQuery.parse({ collectionId: id }), "csv")) csv += part;
  expect(csv.split("\r\n")[0]).toContain(",topTokensError,rowShare,");
});
