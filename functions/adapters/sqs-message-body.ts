const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/**
 * A message's body: JSON, in which characters are escaped that SQS refuses and JSON leaves as they are. Those beyond
 * U+FFFF are escaped too, for what stands in for SQS on one machine takes none of them.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
export const toMessageBody = (message: unknown): string =>
  JSON.stringify(message).replaceAll(/[\uD800-\uDFFF\uFFFE\uFFFF]/g, escaped);

/** A text as the value of a message's attribute: what SQS would refuse becomes U+FFFD, and what is too long is cut. */
export const toAttributeText = (text: string, longest: number): string =>
  text.slice(0, longest).replaceAll(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, '\uFFFD');
