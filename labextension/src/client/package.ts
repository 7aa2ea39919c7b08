// What can the server be asked about the package of a notebook?

import type { ServerConnection } from '@jupyterlab/services';
import { RequestError, request } from './request';
import type { ExtractAnswer, ExtractApplyRequest, ExtractPreviewRequest } from './types';

type Settings = ServerConnection.ISettings;

/** What extracting a notebook would change. */
export function previewPackage(settings: Settings, given: ExtractPreviewRequest): Promise<ExtractAnswer> {
  return request(settings, 'extract/preview', given);
}

/** Write what a preview has shown. */
export function applyPackage(settings: Settings, given: ExtractApplyRequest): Promise<ExtractAnswer> {
  return request(settings, 'extract/apply', given);
}

/** Whether the server has refused because what was shown is not so any more. */
export function isOutdated(error: unknown): boolean {
  return error instanceof RequestError && error.status === 409;
}
