// What can the server be asked? One function a verb.

import type { ServerConnection } from '@jupyterlab/services';
import { RequestError, request } from './request';

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
