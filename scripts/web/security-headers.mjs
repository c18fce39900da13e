const always = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** An answer of a route is data: nothing in it runs, wherever it is opened. */
const ofRoutes = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/**
 * Headers of every answer. The script policy lets in what carries this request's nonce and what such a script loads; React and d3 write style
 * attributes, which a nonce cannot name.
 *
 * @param {{ nonce: string, isDev: boolean, isRoute: boolean, isEmbed: boolean }} request an embed may be shown in frames of any page
 * @returns {Record<string, string>}
 */
export function securityHeaders({ nonce, isDev, isRoute, isEmbed }) {
  const ofPages = {
    "default-src": "'self'",
    // React's development build makes functions of text to rebuild stacks of the server.
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${isDev ? " 'unsafe-eval'" : ""}`,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": isEmbed ? "*" : "'none'",
  };
  const policy = isRoute
    ? ofRoutes
    : Object.entries(ofPages)
        .map((directive) => directive.join(" "))
        .join("; ");
  return { ...always, "content-security-policy": policy };
}
