import { useSyncExternalStore } from 'react'
import type { Trace } from './plan/trace'

export interface Run {
  operation?: string
  /** Absent where the gateway sent none. */
  trace?: Trace
}

let run: Run | undefined
const listeners = new Set<() => void>()

export function showRun(next: Run): void {
  run = next
  for (const listener of listeners) listener()
}

export function useLastRun(): Run | undefined {
  return useSyncExternalStore(subscribe, () => run)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
