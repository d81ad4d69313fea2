/** FNV-1a, 32 bits, as 8 hexadecimal digits: a name that stays the same from one submission to the next. */
export const fingerprintOf = (text: string): string => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
};

/** Texts beyond this length are shortened. */
const LONGEST = 200;
const KEPT = 180;

/** A text as it is named in a result: a long one by its beginning and a fingerprint of the whole, so that it stays itself. */
export const shortenText = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, KEPT)}…${fingerprintOf(text)}`;
