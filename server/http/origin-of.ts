/** The address by which a caller reached the server, behind a proxy as well: what examples that are to work begin with. */
export function originOf(headers: Headers): string {
  const host = headers.get("host") ?? "127.0.0.1:3000";
  return `${headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https" ? "https" : "http"}://${host}`;
}
