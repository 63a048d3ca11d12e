import { sum, type CacheOutcome, type ErrorCounts, type Step, type Trace } from './trace.ts'

export function milliseconds(value: number): string {
  if (value >= 1000) return `${(value / 1000).toFixed(2)} s`
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`
}

/** `Variant by sku` for a lookup, `Order search customer` for a search. */
export function callName(step: Step): string {
  return `${step.entity} ${step.kind === 'lookup' ? 'by' : step.kind} ${step.name}`.trim()
}

/** `50`; nothing for a search that needs none. */
export function keys(step: Step): string {
  return step.keys ? `${step.keys}` : ''
}

/** Made, and planned for: `1 of 3`. */
export function calls(made: number | undefined, worstCase: number | undefined): string {
  const told = `${made ?? '–'}`
  return worstCase === undefined ? told : `${told} of ${worstCase}`
}

/** `47 hit, 3 miss`; nothing where nothing is cached. */
export function cache(outcome: CacheOutcome | undefined): string {
  const parts = Object.entries(outcome ?? {}).filter(([, count]) => count > 0)
  return parts.map(([word, count]) => `${count}\u00a0${word}`).join(', ')
}

/** `3 × UNAVAILABLE, 1 × BAD_DATA`. */
export function errors(codes: ErrorCounts): string {
  return Object.entries(codes)
    .map(([code, count]) => `${count} × ${code}`)
    .join(', ')
}

/** Made, and the most that the plan allows: `5 calls, at most 9`. */
export function callTotal(trace: Trace): string {
  const made = counted(trace.calls, 'call')
  return trace.worstCase === undefined ? made : `${made}, at most ${trace.worstCase}`
}

export function errorTotal(trace: Trace): string {
  const counts = Object.values(trace.errors).flatMap((codes) => Object.values(codes))
  return counted(sum(counts), 'error')
}

function counted(count: number, thing: string): string {
  return `${count === 0 ? 'no' : count} ${thing}${count === 1 ? '' : 's'}`
}
