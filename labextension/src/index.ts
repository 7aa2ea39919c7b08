// Which plugins are there?

import { steps } from './plugins/steps';
import { version } from './plugins/version';

export default [version, steps];
