/** `24/Nov/2026:02:07:39 +0000`, as API Gateway writes times. */
export const formatRequestTime = (at: Date): string => {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
};
