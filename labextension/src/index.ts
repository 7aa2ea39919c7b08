// Which plugins are there?

import { refactor } from './plugins/refactor';
import { steps } from './plugins/steps';
import { version } from './plugins/version';

export default [version, steps, refactor];
