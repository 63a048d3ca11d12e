// Run by test_front_end.py with Node's own test runner.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTrace, type Trace } from '../../gateway/graphiql/src/plan/trace.ts'
import { planTree } from '../../gateway/graphiql/src/plan/tree.ts'
import * as words from '../../gateway/graphiql/src/plan/words.ts'

function trace(...steps: object[]): Trace {
  const read = readTrace({ steps })
  assert(read)
  return read
}

/** `index:depth` of each row, from the top. */
function tree(...steps: object[]): string {
  return planTree(trace(...steps).steps)
    .map(({ step, depth }) => `${step.index}:${depth}`)
    .join(' ')
}

test('what is no trace is none', () => {
  for (const value of [undefined, null, 7, 'trace', [], [{}]]) assert.equal(readTrace(value), undefined)
})

test('sums are made where they are not told', () => {
  const read = trace(
    { source: 'pim', start: 1, milliseconds: 4, calls: 1, errors: { TIMED_OUT: 2 } },
    { source: 'pim', start: 2, milliseconds: 7, calls: 2, errors: { TIMED_OUT: 1, BAD_DATA: 1 } },
    { source: 'wms', calls: 0 },
  )
  assert.equal(read.milliseconds, 9)
  assert.equal(read.calls, 3)
  assert.equal(read.worstCase, undefined)
  assert.deepEqual(read.errors, { pim: { TIMED_OUT: 3, BAD_DATA: 1 } })
  assert.deepEqual(read.steps.map((step) => step.index), [0, 1, 2])
})

test('what is told goes before', () => {
  const read = readTrace({ milliseconds: 41.2, calls: 7, worstCase: 9, steps: [], errors: { crm: { LOCKED: 1 } } })
  assert.deepEqual(read, { milliseconds: 41.2, calls: 7, worstCase: 9, steps: [], errors: { crm: { LOCKED: 1 } } })
})

test('members of another type are absent', () => {
  const [step] = trace({ index: 'x', source: 3, after: [0, 'y', null], start: null, keys: '5', cache: 'hit', errors: [] }).steps
  assert.equal(step?.index, 0)
  assert.equal(step?.source, '')
  assert.deepEqual(step?.after, [0])
  assert.equal(step?.start, undefined)
  assert.equal(step?.keys, undefined)
  assert.equal(step?.cache, undefined)
  assert.deepEqual(step?.errors, {})
})

test('a step stands below the one it waited for longest', () => {
  const steps = [
    { index: 0, start: 0, milliseconds: 10 },
    { index: 1, start: 0, milliseconds: 30 },
    { index: 2, after: [0, 1], start: 30, milliseconds: 5 },
    { index: 3, after: [0], start: 10, milliseconds: 5 },
  ]
  assert.equal(tree(...steps), '0:0 3:1 1:0 2:1')
})

test('siblings stand in the order of their starts, those without one last', () => {
  assert.equal(tree({ index: 0, start: 9 }, { index: 1 }, { index: 2, start: 3 }, { index: 3 }), '2:0 0:0 1:0 3:0')
})

test('a circle, a gap or a step that waits for itself loses no step', () => {
  assert.equal(tree({ index: 0, after: [1] }, { index: 1, after: [0, 1, 8] }, { index: 5, after: [4] }), '0:0 1:1 5:0')
})

test('words', () => {
  const [step] = trace({ entity: 'Order', kind: 'search', name: 'customer', keys: 0 }).steps
  assert.equal(words.callName(step!), 'Order search customer')
  assert.equal(words.keys(step!), '')
  assert.equal(words.cache({ hit: 47, miss: 0, stale: 1 }), '47\u00a0hit, 1\u00a0stale')
  assert.equal(words.cache({ hit: 0, miss: 0, stale: 0 }), '')
  assert.equal(words.calls(undefined, 3), '– of 3')
  assert.equal(words.calls(2, undefined), '2')
  assert.equal(words.callTotal(trace({ calls: 1 })), '1 call')
  assert.equal(words.errorTotal(trace({})), 'no errors')
  assert.deepEqual([0.04, 9.99, 100, 1234].map(words.milliseconds), ['0.0 ms', '10.0 ms', '100 ms', '1.23 s'])
})
