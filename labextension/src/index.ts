// Which plugins are there?

import { extractPackage } from './plugins/package';
import { panel } from './plugins/panel';
import { refactor } from './plugins/refactor';
import { runs } from './plugins/runs';
import { schedules } from './plugins/schedules';
import { steps } from './plugins/steps';
import { version } from './plugins/version';

export default [version, steps, refactor, extractPackage, panel, runs, schedules];
