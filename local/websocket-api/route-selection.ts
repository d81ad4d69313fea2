/**
 * The route that a route selection expression such as `$request.body.action` selects for a message, or undefined when
 * the message is not JSON or has no text there.
 */
export const selectRoute = (expression: string, message: string): string | undefined => {
  const path = expression
    .replace(/^\$?\{?\$?request\.body\./, '')
    .replace(/\}$/, '')
    .split('.');
  try {
    const value = path.reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null ? (at as { readonly [name: string]: unknown })[key] : undefined,
      JSON.parse(message),
    );
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};
