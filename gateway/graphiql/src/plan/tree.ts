import { end, type Step } from './trace.ts'

/** A step at its place in the tree. */
export interface Row {
  step: Step
  depth: number
}

/** The steps as a tree, top down: each below the one that it waited for longest, in the order of their starts. */
export function planTree(steps: Step[]): Row[] {
  const byIndex = new Map(steps.map((step) => [step.index, step]))
  const children = new Map<Step | undefined, Step[]>()
  for (const step of steps) {
    const parent = lastAwaited(step, byIndex)
    children.set(parent, [...(children.get(parent) ?? []), step])
  }
  return rows(undefined, 0, children)
}

function rows(parent: Step | undefined, depth: number, children: Map<Step | undefined, Step[]>): Row[] {
  const below = [...(children.get(parent) ?? [])].sort((a, b) => (a.start ?? Infinity) - (b.start ?? Infinity) || 0)
  return below.flatMap((step) => [{ step, depth }, ...rows(step, depth + 1, children)])
}

/** Only steps planned before can be waited for; anything else in a trace is left out, so that no circle can arise. */
function lastAwaited(step: Step, byIndex: Map<number, Step>): Step | undefined {
  const awaited = step.after
    .filter((index) => index < step.index)
    .map((index) => byIndex.get(index))
    .filter((one) => one !== undefined)
  return awaited.sort((a, b) => end(a) - end(b) || a.index - b.index).at(-1)
}
