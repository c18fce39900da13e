import { handle } from "@/server/http/handle";
import { getDetection, removeDetection } from "@/server/services/concepts/detections";

export const GET = handle("GET /api/detections/{detection}", ({ services, params }) => getDetection(services, params.detection));

export const DELETE = handle("DELETE /api/detections/{detection}", ({ services, params }) => removeDetection(services, params.detection));
