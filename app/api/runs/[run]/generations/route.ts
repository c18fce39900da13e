import { generationPage } from "@/lib/contract/steering";
import { handle, readQuery } from "@/server/http/handle";
import { clearGenerations, listGenerations } from "@/server/services/steering/generations";

export const GET = handle<{ run: string }>(({ services, params, query }) =>
  listGenerations(services, params.run, readQuery(generationPage, query, { numbers: ["offset", "limit"] })),
);

export const DELETE = handle<{ run: string }>(({ services, params }) => clearGenerations(services, params.run));
