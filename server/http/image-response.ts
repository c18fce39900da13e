/** An answer that is a WebP image which never changes. Its policy, as of every route, lets nothing in it run (`scripts/web/security-headers.mjs`). */
export function imageResponse(image: Uint8Array): Response {
  return new Response(new Uint8Array(image), {
    headers: {
      "content-type": "image/webp",
      "cache-control": "private, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    },
  });
}
