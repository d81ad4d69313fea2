/** Columns of a regression, each [rows]. */
export type Columns = Float64Array[];

/** Subtracts from `column` its projection on `direction`, which has the given squared length. */
export const project = (column: Float64Array, direction: Float64Array, squaredLength: number): number => {
  let product = 0;
  for (let i = 0; i < column.length; i += 1) product += (column[i] ?? 0) * (direction[i] ?? 0);
  const coefficient = product / squaredLength;
  for (let i = 0; i < column.length; i += 1) column[i] = (column[i] ?? 0) - coefficient * (direction[i] ?? 0);
  return product;
};

export const squaredLengthOf = (column: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < column.length; i += 1) {
    const value = column[i] ?? 0;
    sum += value * value;
  }
  return sum;
};

/**
 * Residual sums of squares of the nested regressions on the first 1, 2, … columns, by modified Gram–Schmidt; `response`
 * and `columns` are overwritten.
 */
export const nestedResiduals = (response: Float64Array, columns: Columns): number[] =>
  columns.map((column, k) => {
    const squaredLength = squaredLengthOf(column);
    // A column that the earlier ones span adds nothing to the fit.
    if (squaredLength <= 1e-14 * column.length) return squaredLengthOf(response);
    for (const later of columns.slice(k + 1)) project(later, column, squaredLength);
    project(response, column, squaredLength);
    return squaredLengthOf(response);
  });
