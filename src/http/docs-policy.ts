import { createHash } from 'node:crypto';

/**
 * The content security policy of the API's page, whose library writes one script into the page and draws
 * with styles and fonts of its own: that very script is allowed by its hash, and no other.
 */
export function docsPolicy(page: unknown): string {
  const scripts = typeof page === 'string' ? page.matchAll(inlineScript) : [];
  const hashes = [...scripts].map(([, script = '']) => `'sha256-${sha256(script)}'`);
  return (
    `default-src 'self'; script-src 'self' ${hashes.join(' ')}; script-src-attr 'none'; ` +
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; " +
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
  );
}

const inlineScript = /<script(?![^>]*\ssrc=)[^>]*>(.*?)<\/script>/gs;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
