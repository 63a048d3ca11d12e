export interface CacheOutcome {
  hit: number
  miss: number
  stale: number
}

/** Error code -> how often. */
export type ErrorCounts = Record<string, number>

/** One step of the plan. What is absent was not told, or did not happen. */
export interface Step {
  index: number
  source: string
  role?: string
  entity: string
  kind: string
  name: string
  /** Indexes of the steps that it waits for. */
  after: number[]
  /** Milliseconds after the operation began. */
  start?: number
  milliseconds?: number
  keys?: number
  calls?: number
  worstCase?: number
  cache?: CacheOutcome
  errors: ErrorCounts
}

export interface Trace {
  milliseconds: number
  calls: number
  worstCase?: number
  steps: Step[]
  /** Source -> what went wrong there. */
  errors: Record<string, ErrorCounts>
}

type Json = Record<string, unknown>

/** The trace of an answer, complete as far as it can be; undefined where there is none. */
export function readTrace(value: unknown): Trace | undefined {
  if (!isObject(value)) return undefined
  const steps = list(value.steps).filter(isObject).map(readStep)
  return {
    milliseconds: number(value.milliseconds) ?? Math.max(0, ...steps.map(end)),
    calls: number(value.calls) ?? sum(steps.map((step) => step.calls)),
    worstCase: number(value.worstCase),
    steps,
    errors: isObject(value.errors) ? readErrors(value.errors) : errorsOf(steps),
  }
}

/** Milliseconds after the operation began; 0 for a step that did not run. */
export function end(step: Step): number {
  return (step.start ?? 0) + (step.milliseconds ?? 0)
}

export function sum(numbers: (number | undefined)[]): number {
  return numbers.reduce<number>((total, one) => total + (one ?? 0), 0)
}

function readStep(value: Json, place: number): Step {
  return {
    index: number(value.index) ?? place,
    source: text(value.source),
    role: text(value.role) || undefined,
    entity: text(value.entity),
    kind: text(value.kind),
    name: text(value.name),
    after: list(value.after).filter((one) => typeof one === 'number'),
    start: number(value.start),
    milliseconds: number(value.milliseconds),
    keys: number(value.keys),
    calls: number(value.calls),
    worstCase: number(value.worstCase),
    cache: isObject(value.cache) ? readCache(value.cache) : undefined,
    errors: isObject(value.errors) ? counts(value.errors) : {},
  }
}

function readCache(value: Json): CacheOutcome {
  return { hit: number(value.hit) ?? 0, miss: number(value.miss) ?? 0, stale: number(value.stale) ?? 0 }
}

function readErrors(value: Json): Record<string, ErrorCounts> {
  return Object.fromEntries(
    Object.entries(value).map(([source, codes]) => [source, isObject(codes) ? counts(codes) : {}]),
  )
}

function errorsOf(steps: Step[]): Record<string, ErrorCounts> {
  const found: Record<string, ErrorCounts> = {}
  for (const step of steps)
    for (const [code, count] of Object.entries(step.errors)) {
      const codes = (found[step.source] ??= {})
      codes[code] = (codes[code] ?? 0) + count
    }
  return found
}

function counts(value: Json): ErrorCounts {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  )
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
