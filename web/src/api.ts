/** Talks to /api/v1; shapes as in docs/api.md. */

import { wait } from "./waiting";

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

const JSON_ONLY = { Accept: "application/json" };

/** A question of the API. */
export function get<T>(path: string, parameters: Parameters = {}, signal?: AbortSignal): Promise<T> {
  return getPage<T>(`/api/v1${path}`, parameters, signal);
}

/** JSON from an address of this server. Who gives a signal tells readers of the wait; else it is told here. */
export async function getPage<T>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, one);
  }
  const suffix = query.size > 0 ? `?${query.toString()}` : "";
  const response = signal ? await fetch(path + suffix, { headers: JSON_ONLY, signal }) : await ask(path + suffix, JSON_ONLY);
  const body: unknown = await response.json();
  if (!response.ok) throw new ApiError(problemIn(body, response.status));
  return body as T;
}

/** An answer of this server, whole; readers see that it is awaited and may give it up, which the server hears. */
export async function ask(address: string, headers: Record<string, string>): Promise<Response> {
  const giving = new AbortController();
  const done = wait(() => giving.abort());
  try {
    const answer = await fetch(address, { headers, signal: giving.signal });
    return new Response(await answer.blob(), answer);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw new ApiError("Cancelled. Nothing has changed.");
    if (error instanceof TypeError) throw new ApiError("The server cannot be reached. Try again in a moment; if it stays so, tell whoever runs it.");
    throw error;
  } finally {
    done();
  }
}

/** What a problem document says went wrong, with the number under which the server's log has it. */
export function problemIn(body: unknown, status: number): string {
  const problem = body as { detail?: string; title?: string; request_id?: string };
  const number = problem.request_id ? ` (request ${problem.request_id})` : "";
  return (problem.detail ?? problem.title ?? `The server answered ${status}.`) + number;
}
