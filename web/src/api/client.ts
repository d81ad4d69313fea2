/** One problem that the API found in a request. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** An answer that is no success, in words a reader can act on. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when the service could not be reached. */
  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldProblem[];

  constructor(status: number, code: string, message: string, details: readonly FieldProblem[] = []) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** The version that is to be changed; the service refuses when there is a newer one. */
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface ApiAnswer<Body> {
  readonly body: Body;
  readonly etag: string | undefined;
}

export interface ApiClient {
  /** @throws {ApiError} for every answer but a success */
  request<Body>(path: string, request?: ApiRequest): Promise<ApiAnswer<Body>>;
}

export interface ClientOptions {
  /** Undefined for what needs no credential. */
  readonly token: string | undefined;
  /** Called when the service does not take the credential any more. */
  readonly onUnauthorized: (message: string) => void;
}

interface Failure {
  readonly message?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly details?: readonly FieldProblem[] };
}

/** What API Gateway itself says comes without a code, and only the status tells what it means. */
const MESSAGES: { readonly [status: number]: string } = {
  401: 'The credential is missing or has expired.',
  403: 'This credential does not allow that.',
  404: 'There is nothing here. It may have been deleted.',
  429: 'Too many requests at once. Wait a moment and try again.',
  503: 'The service is busy. Wait a moment and try again.',
};

const toError = async (response: Response): Promise<ApiError> => {
  const { status } = response;
  const failure: Failure = await response.json().catch(() => ({}));
  const { code = `http.${status}`, message, details = [] } = failure.error ?? { message: MESSAGES[status] };
  return new ApiError(status, code, message ?? `The service answered with status ${status}.`, details);
};

export const createApiClient = ({ token, onUnauthorized }: ClientOptions): ApiClient => ({
  async request<Body>(path: string, { method = 'GET', body, ifMatch, signal }: ApiRequest = {}) {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (body !== undefined) headers.set('content-type', 'application/json');
    if (ifMatch !== undefined) headers.set('if-match', ifMatch);
    const init: RequestInit = { method, headers, ...(signal === undefined ? {} : { signal }) };
    const response = await fetch(path, body === undefined ? init : { ...init, body: JSON.stringify(body) }).catch(
      (cause: unknown) => {
        if (signal?.aborted) throw cause;
        throw new ApiError(0, 'network.unreachable', 'The service could not be reached. Check the connection.');
      },
    );
    if (!response.ok) {
      const error = await toError(response);
      if (error.status === 401) onUnauthorized(error.message);
      throw error;
    }
    const answer = (response.status === 204 ? {} : await response.json()) as Body;
    return { body: answer, etag: response.headers.get('etag') ?? undefined };
  },
});

/** What a reader is told of anything that failed. */
export const messageOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : 'Something went wrong on this page. Reload it and try again.';
