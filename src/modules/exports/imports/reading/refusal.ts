/** Why a file cannot be read as recordings. */
export const fileProblems = [
  'unreadable',
  'unsupported_format',
  'unsupported_encoding',
  'encrypted',
  'nested_archive',
  'too_large',
  'too_many_points',
  'not_a_walk',
] as const
export type FileProblem = (typeof fileProblems)[number]

/** Ends the reading of a file. The report says why. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: FileProblem

  constructor(problem: FileProblem, options?: ErrorOptions) {
    super(problem, options)
    this.problem = problem
  }
}
