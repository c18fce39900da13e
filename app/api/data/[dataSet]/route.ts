import { handle } from "@/server/http/handle";
import { deleteDataSet } from "@/server/services/library/delete-data-set";

export const DELETE = handle("DELETE /api/data/{dataSet}", ({ services, params }) => deleteDataSet(services, params.dataSet));
