import type { Fetcher, FetcherParams, FetcherReturnType } from '@graphiql/toolkit'
import { showRun } from './lastRun'
import { readTrace } from './plan/trace'

const INTROSPECTION = 'IntrospectionQuery'
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9'

type Body = { extensions?: Record<string, unknown> }

/**
 * Sends operations to the page's own address, asks for their trace and hands that to the panel.
 * `headers` go with the introspection that GraphiQL makes before there is an editor with headers.
 */
export function createFetcher(headers: Record<string, string>): Fetcher {
  return async (params, options) => {
    const introspection = params.operationName === INTROSPECTION
    const given = options?.headers ?? (introspection ? headers : {})
    const body = await send(introspection ? params : { ...params, extensions: { trace: true } }, given)
    if (introspection) return body as FetcherReturnType
    const { trace, ...extensions } = body.extensions ?? {}
    showRun({ operation: params.operationName ?? undefined, trace: readTrace(trace) })
    return { ...body, extensions: Object.keys(extensions).length ? extensions : undefined } as FetcherReturnType
  }
}

async function send(params: FetcherParams & Body, headers: Record<string, string>): Promise<Body> {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: { accept: ACCEPT, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(params),
  })
  const text = await response.text()
  try {
    return JSON.parse(text) as Body
  } catch {
    throw new Error(`Expected JSON, found status ${response.status}: ${text.slice(0, 500)}`)
  }
}
