/**
 * The address of something of the server: beside the page, which a proxy may serve under a path such as
 * `https://host/team/`. `path` begins without a slash.
 */
export function serverUrl(path = ''): string {
  return new URL(path, new URL('.', window.location.href)).href;
}
