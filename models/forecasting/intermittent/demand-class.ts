export type DemandClass = 'smooth' | 'erratic' | 'intermittent' | 'lumpy';

export interface DemandProfile {
  readonly demandClass: DemandClass;
  /** Average interval between demands, in periods; 1 when every period has one. */
  readonly adi: number;
  /** Squared coefficient of variation of the sizes, periods without demand left out. */
  readonly cv2: number;
  /** Periods with a demand. */
  readonly demands: number;
  readonly periods: number;
}

/** Where Croston's method begins to err less than smoothing, and where the bias correction begins to pay. */
const ADI_CUTOFF = 1.32;
const CV2_CUTOFF = 0.49;

const classOf = (adi: number, cv2: number): DemandClass => {
  if (adi < ADI_CUTOFF) return cv2 < CV2_CUTOFF ? 'smooth' : 'erratic';
  return cv2 < CV2_CUTOFF ? 'intermittent' : 'lumpy';
};

/**
 * Class of a demand by how often it occurs and how much its sizes vary. A. A. Syntetos, J. E. Boylan & J. D. Croston,
 * "On the categorization of demand patterns", Journal of the Operational Research Society 56 (2005).
 *
 * @param demand [n], from 0 up
 * @returns undefined without any demand
 */
export const profileDemand = (demand: Float64Array): DemandProfile | undefined => {
  const sizes = demand.filter((value) => value > 0);
  if (sizes.length === 0) return undefined;
  const mean = sizes.reduce((sum, value) => sum + value, 0) / sizes.length;
  const variance = sizes.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sizes.length - 1);
  const adi = demand.length / sizes.length;
  const cv2 = variance / mean ** 2;
  return { demandClass: classOf(adi, cv2), adi, cv2, demands: sizes.length, periods: demand.length };
};
