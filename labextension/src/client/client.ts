// What can the server be asked? One function a verb.

import type { ServerConnection } from '@jupyterlab/services';
import { RequestError, request } from './request';
import type {
  ModulesAnswer,
  RefactorAnswer,
  RefactorApplyRequest,
  RefactorPreviewRequest,
  RefactorUndoAnswer
} from './types';

type Settings = ServerConnection.ISettings;

/** The version of the server's half of nb2pkg; null where it has none. */
export async function serverVersion(settings: ServerConnection.ISettings): Promise<string | null> {
  try {
    return (await request(settings, 'info', {})).version;
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) {
      return null;
    }
    throw error;
  }
}

/** What a refactoring would change. */
export function previewRefactoring(settings: Settings, given: RefactorPreviewRequest): Promise<RefactorAnswer> {
  return request(settings, 'refactor/preview', given);
}

/** Write the files that a preview has shown. */
export function applyRefactoring(settings: Settings, given: RefactorApplyRequest): Promise<RefactorAnswer> {
  return request(settings, 'refactor/apply', given);
}

/** Give the files of a refactoring back what they held before. */
export function undoRefactoring(settings: Settings, undo: string): Promise<RefactorUndoAnswer> {
  return request(settings, 'refactor/undo', { undo });
}

/** The modules that could take a function of the notebook with this path. */
export function listModules(settings: Settings, path: string): Promise<ModulesAnswer> {
  return request(settings, 'modules', { path });
}
