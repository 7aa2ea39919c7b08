// How does the page ask the server? Every request of ours goes through here.

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { METHODS, type Finding, type Problem, type Routes } from './types';

/** The server has refused; message, code, hint and findings are its own, where it gave them. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code: string | null,
    readonly hint: string | null,
    readonly findings: readonly Finding[]
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/**
 * Ask the server, and give its answer.
 *
 * Throws RequestError, or ServerConnection.NetworkError where no server answers.
 */
export async function request<R extends keyof Routes>(
  settings: ServerConnection.ISettings,
  route: R,
  given: Routes[R]['request']
): Promise<Routes[R]['answer']> {
  const address = URLExt.join(settings.baseUrl, 'nb2pkg', route);
  // It adds the token, and what keeps other sites from asking.
  const response =
    METHODS[route] === 'GET'
      ? await ServerConnection.makeRequest(address + query(given), {}, settings)
      : await ServerConnection.makeRequest(
          address,
          { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(given) },
          settings
        );
  const text = await response.text();
  const isJson = response.headers.get('Content-Type')?.includes('json') === true;
  const answer: unknown = isJson ? JSON.parse(text) : text;
  if (!response.ok) {
    throw refusal(response, answer);
  }
  return answer as Routes[R]['answer'];
}

function query(given: object): string {
  const named = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  return named.length === 0 ? '' : URLExt.objectToQueryString(Object.fromEntries(named));
}

/** What stands between the server and us may answer with a page of its own. */
function refusal(response: Response, answer: unknown): RequestError {
  const told: Partial<Problem> = typeof answer === 'object' && answer !== null ? answer : {};
  return new RequestError(
    response.status,
    told.message || `${response.status} ${response.statusText}`.trim(),
    told.code ?? null,
    told.hint ?? null,
    told.findings ?? []
  );
}

/** What is to be told of an error, whatever it is. */
export function problemOf(error: unknown): Problem {
  if (error instanceof RequestError) {
    const { code, message, hint, findings } = error;
    return { code, message, hint, findings: [...findings] };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error), hint: null, findings: [] };
}
