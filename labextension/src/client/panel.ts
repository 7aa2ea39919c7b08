// What can the server be asked about a notebook as it is in the editor?

import type { ServerConnection } from '@jupyterlab/services';
import { request } from './request';
import type { CheckAnswer, GraphAnswer, Notebook, PackageAnswer, StepsAnswer } from './types';

type Settings = ServerConnection.ISettings;

/** All that was found. */
export function checkNotebook(settings: Settings, notebook: Notebook): Promise<CheckAnswer> {
  return request(settings, 'check', { notebook });
}

/** Its steps, and what flows between them. */
export function graphOf(settings: Settings, notebook: Notebook): Promise<GraphAnswer> {
  return request(settings, 'graph', { notebook });
}

/** How its package stands beside it. */
export function packageOf(settings: Settings, notebook: Notebook): Promise<PackageAnswer> {
  return request(settings, 'package', { notebook });
}

/** The tags that would say what nb2pkg makes of it. */
export function suggestSteps(settings: Settings, notebook: Notebook): Promise<StepsAnswer> {
  return request(settings, 'steps', { notebook });
}
