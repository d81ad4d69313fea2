/** A pattern of CloudFront and of `aws s3`, in which `*` stands for any text, slashes included, and `?` for a character. */
export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
