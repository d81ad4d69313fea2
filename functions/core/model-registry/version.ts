import type { Learns } from './model.ts';

/** How a column was distributed: shares of values between edges. */
interface ColumnProfile {
  readonly edges: readonly number[];
  readonly shares: readonly number[];
  readonly count: number;
}
export type FeatureProfiles = Readonly<Record<string, ColumnProfile>>;

export type Metrics = Readonly<Record<string, number>>;

/** What is needed beside the artifact to read a network's outputs. */
export interface OutputReading {
  readonly labels?: readonly string[] | undefined;
  readonly usualErrors?: readonly number[] | undefined;
}

/** What a training made, and all it takes to say how. */
export interface ModelVersion {
  readonly tenant: string;
  readonly model: string;
  /** Numbers go up with each training that is asked for; one that fails leaves a gap. */
  readonly version: number;
  readonly trainingId: string;
  /** ISO 8601. */
  readonly trainedAt: string;
  /** With every default filled in. */
  readonly config: unknown;
  /** Options of the training as they were given. */
  readonly training: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly reading: OutputReading;
  /** Of the rows, those that drift is measured against. */
  readonly profiles: FeatureProfiles;
  readonly data: {
    /** SHA-256 of the rows. */
    readonly fingerprint: string;
    readonly rows: { readonly training: number; readonly validation: number };
    /** Time of the latest row, ISO 8601; without a column of times, when the training was asked for. */
    readonly until: string;
  };
  readonly metrics: Metrics;
  /** `validation`: of rows that were held out. */
  readonly measuredOn: 'validation' | 'training';
  /** Name and version of what trained it, and what did the sums. */
  readonly library: string;
  readonly engine: string;
  readonly epochs: number;
  readonly bestEpoch: number;
  readonly stopped: 'epochs' | 'patience' | 'threshold';
  readonly artifact: { readonly key: string; readonly bytes: number; readonly sha256: string };
}

/** How versions do on one hold-out: that of the training that made `version`. */
export interface HoldOut {
  readonly version: number;
  /** ISO 8601. */
  readonly judgedAt: string;
  /** Rows held out. */
  readonly rows: number;
  /** By version. */
  readonly metrics: Readonly<Record<string, Metrics>>;
}

/** What a look at a model that is retrained by itself found. */
export interface Review {
  /** ISO 8601. */
  readonly reviewedAt: string;
  /** Why a training was asked for, or that none was. */
  readonly decision: 'none' | 'schedule' | 'stability' | 'error';
  readonly trainingId?: string | undefined;
  /** Rows that came after the newest version was trained; of fewer than 50 nothing is said. */
  readonly rows: number;
  /** Population stability index of each feature, and what of it chance goes beyond once in a thousand. */
  readonly stability: Readonly<Record<string, { readonly index: number; readonly chance: number }>>;
  /** Metrics of the champion and of its challengers on those rows, by version. */
  readonly scores: Readonly<Record<string, Metrics>>;
  /** By how much the champion errs more on them than on its hold-out, as a share. */
  readonly errorGrowth?: number | undefined;
}

/** Which version serves. Its one item is all that promotion and rollback write. */
export interface Championship {
  /** Times it changed; 0 before the first. */
  readonly revision: number;
  readonly champion?: number | undefined;
  /** Former champions that a rollback returns to, the last one last. */
  readonly previous: readonly number[];
  /** Versions that were rolled back, or that gave way too long ago. */
  readonly retired: readonly number[];
}

export const NO_CHAMPION: Championship = { revision: 0, previous: [], retired: [] };

export type Stage = 'candidate' | 'champion' | 'archived';

export const stageOf = ({ champion, previous, retired }: Championship, version: number): Stage => {
  if (version === champion) return 'champion';
  return previous.includes(version) || retired.includes(version) ? 'archived' : 'candidate';
};

/** Former champions that can be returned to. */
const MOST_PREVIOUS = 20;
const MOST_RETIRED = 500;

/** A version that comes back leaves the places it was archived in. */
export const crown = ({ revision, champion, previous, retired }: Championship, version: number): Championship => {
  const former = [...previous, ...(champion === undefined ? [] : [champion])].filter((past) => past !== version);
  return {
    revision: revision + 1,
    champion: version,
    previous: former.slice(-MOST_PREVIOUS),
    retired: [...retired, ...former.slice(0, -MOST_PREVIOUS)].filter((past) => past !== version).slice(-MOST_RETIRED),
  };
};

/** The champion before, or undefined when there was none. */
export const dethrone = ({ revision, champion, previous, retired }: Championship): Championship | undefined => {
  const former = previous.at(-1);
  if (champion === undefined || former === undefined) return undefined;
  return {
    revision: revision + 1,
    champion: former,
    previous: previous.slice(0, -1),
    retired: [...retired, champion].slice(-MOST_RETIRED),
  };
};

/** A champion and what it takes to load it. */
export interface ServedVersion {
  readonly version: number;
  readonly learns: Learns;
  readonly config: unknown;
  readonly reading: OutputReading;
  /** How late the rows are that it has learned from, ISO 8601. */
  readonly learnedUntil: string;
  readonly artifact: Uint8Array;
}
