/** Talks to /api/v1; shapes as in docs/api.md. */

export interface EntityRef {
  id: string;
  curie: string;
  type: string;
  label: string;
}

export interface Listed<T> {
  items: T[];
  limit: number;
  total: number | null;
  truncated: boolean;
  truncated_by: string | null;
}

export interface PredicateCount {
  predicate: string;
  direction: "out" | "in";
  statements: number;
  nodes: number;
}

export interface SearchHit extends EntityRef {
  matched: string;
  score: number;
}

export class ApiError extends Error {}

export interface FactCard {
  curie: string;
  sentence: string;
  asserted_by: EntityRef[];
  passages: { id: string; section: string }[];
}

type Parameters = Record<string, string | string[]>;

export function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return getPage<T>(`/api/v1${path}`, parameters, signal);
}

/** JSON from an address of this server. */
export async function getPage<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one);
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : "";
  const response = await fetch(path + suffix, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  const body: unknown = await response.json();
  if (!response.ok) {
    const problem = body as { detail?: string; title?: string };
    throw new ApiError(problem.detail ?? problem.title ?? `The server answered ${response.status}.`);
  }
  return body as T;
}
