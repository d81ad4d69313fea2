/** What of an instant a cron expression looks at, in the schedule's time zone. */
interface CalendarMinute {
  readonly minute: number;
  readonly hour: number;
  /** 1 to 31. */
  readonly day: number;
  /** 1 to 12. */
  readonly month: number;
  readonly year: number;
  /** 1 (Sunday) to 7, as AWS counts. */
  readonly weekday: number;
  readonly lastDayOfMonth: number;
}

type Matches = (at: CalendarMinute) => boolean;

interface Field {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS = {
  minute: { least: 0, most: 59 },
  hour: { least: 0, most: 23 },
  day: { least: 1, most: 31 },
  month: { least: 1, most: 12, names: MONTHS },
  weekday: { least: 1, most: 7, names: WEEKDAYS },
  year: { least: 1970, most: 2199 },
} satisfies { readonly [name: string]: Field };

const parseValue = (text: string, { least, most, names = [] }: Field): number | undefined => {
  const named = names.indexOf(text.toUpperCase());
  const value = named === -1 ? (/^\d+$/.test(text) ? Number(text) : Number.NaN) : named + least;
  return value >= least && value <= most ? value : undefined;
};

/** `*`, `5`, `1-5`, `MON-FRI`, `0/15`, and lists of these. */
const parseField = (text: string, field: Field): ((value: number) => boolean) | undefined => {
  const parts = text.split(',').map((part) => {
    const [range = '', step] = part.split('/');
    const [from = '', to] =
      range === '*' || range === '?' ? [String(field.least), String(field.most)] : range.split('-');
    const first = parseValue(from, field);
    const last = to === undefined ? (step === undefined ? first : field.most) : parseValue(to, field);
    const by = Number(step ?? 1);
    if (first === undefined || last === undefined || !Number.isInteger(by) || by < 1) return undefined;
    // A range such as FRI-MON runs over the end of the week.
    const isWithin = (value: number) =>
      first <= last ? value >= first && value <= last : value >= first || value <= last;
    const span = field.most - field.least + 1;
    return (value: number) => isWithin(value) && ((value - first + span) % span) % by === 0;
  });
  if (parts.includes(undefined)) return undefined;
  return (value) => parts.some((matches) => matches?.(value));
};

const SUNDAY = 1;
const SATURDAY = 7;

/** The day from Monday to Friday nearest to a day, without leaving its month. */
const nearestWorkday = (day: number, weekday: number, lastDayOfMonth: number): number => {
  if (weekday === SATURDAY) return day === 1 ? 3 : day - 1;
  if (weekday === SUNDAY) return day === lastDayOfMonth ? day - 2 : day + 1;
  return day;
};

/** Also `L`, the last day, and `15W`, the weekday nearest to the 15th within the month. */
const parseDay = (text: string): Matches | undefined => {
  if (text === 'L') return ({ day, lastDayOfMonth }) => day === lastDayOfMonth;
  const [, nearest] = /^(\d+)W$/.exec(text) ?? [];
  if (nearest !== undefined) {
    return ({ day, weekday, lastDayOfMonth }) => {
      const target = Math.min(Number(nearest), lastDayOfMonth);
      // Counted from a Sunday five weeks back, so that the remainder is never negative.
      const targetWeekday = ((weekday - 1 + target - day + 35) % 7) + 1;
      return day === nearestWorkday(target, targetWeekday, lastDayOfMonth);
    };
  }
  const matches = parseField(text, FIELDS.day);
  return matches && (({ day }) => matches(day));
};

/** Also `6L`, the last Friday, and `3#2`, the second Tuesday of the month. */
const parseWeekday = (text: string): Matches | undefined => {
  if (text === 'L') return ({ weekday }) => weekday === 7;
  const [, name = '', kind, count] = /^(\w+?)(L|#([1-5]))$/i.exec(text) ?? [];
  const special = kind === undefined ? undefined : parseValue(name, FIELDS.weekday);
  if (special !== undefined) {
    return count === undefined
      ? ({ weekday, day, lastDayOfMonth }) => weekday === special && day > lastDayOfMonth - 7
      : ({ weekday, day }) => weekday === special && Math.ceil(day / 7) === Number(count);
  }
  const matches = parseField(text, FIELDS.weekday);
  return matches && (({ weekday }) => matches(weekday));
};

const createCalendar = (timeZone: string): ((at: Date) => CalendarMinute) => {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    weekday: 'short',
  });
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const [year, month] = [Number(parts['year']), Number(parts['month'])];
    return {
      minute: Number(parts['minute']),
      hour: Number(parts['hour']),
      day: Number(parts['day']),
      month,
      year,
      weekday: WEEKDAYS.indexOf(String(parts['weekday']).toUpperCase()) + 1,
      lastDayOfMonth: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    };
  };
};

/**
 * Reads the six fields of an AWS cron expression: minutes, hours, day of month, month, day of week and year.
 *
 * @returns whether an instant's minute matches, or undefined when the fields are not valid
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export const parseCron = (expression: string, timeZone: string): ((at: Date) => boolean) | undefined => {
  const [minute = '', hour = '', day = '', month = '', weekday = '', year = '', ...rest] = expression
    .trim()
    .split(/\s+/);
  // One of the two days must be left open, and says so with a question mark.
  if (rest.length > 0 || (day !== '?' && weekday !== '?')) return undefined;
  const inMinutes = parseField(minute, FIELDS.minute);
  const inHours = parseField(hour, FIELDS.hour);
  const inMonths = parseField(month, FIELDS.month);
  const inYears = parseField(year, FIELDS.year);
  const onDay = parseDay(day);
  const onWeekday = parseWeekday(weekday);
  if (!inMinutes || !inHours || !inMonths || !inYears || !onDay || !onWeekday) return undefined;
  const toCalendar = createCalendar(timeZone);
  return (instant) => {
    const at = toCalendar(instant);
    const inDate = inYears(at.year) && inMonths(at.month) && onDay(at) && onWeekday(at);
    return inDate && inHours(at.hour) && inMinutes(at.minute);
  };
};
