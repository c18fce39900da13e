/** An answer that is a whole text, as a file to keep: a browser saves it and does not open it among the application's own pages. */
export function attachment({ name, type, text }: { readonly name: string; readonly type: string; readonly text: string }): Response {
  const plain = name.replace(/[^\w.-]+/g, "-");
  return new Response(text, {
    headers: {
      "content-type": type,
      "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
    },
  });
}
