// What do our buttons show?

import { LabIcon } from '@jupyterlab/ui-components';

/** Three steps, each with its label. */
export const stepsIcon = new LabIcon({
  name: 'nb2pkg:steps',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <rect x="1.5" y="2" width="5" height="3" rx="1.5"/><rect x="8" y="3" width="6.5" height="1"/>
    <rect x="1.5" y="6.5" width="5" height="3" rx="1.5"/><rect x="8" y="7.5" width="6.5" height="1"/>
    <rect x="1.5" y="11" width="5" height="3" rx="1.5"/><rect x="8" y="12" width="6.5" height="1"/>
  </g>
</svg>`
});

/** A run of several steps. */
export const runIcon = new LabIcon({
  name: 'nb2pkg:run',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <rect x="1.5" y="2.5" width="5" height="3" rx="1.5"/><rect x="1.5" y="10.5" width="5" height="3" rx="1.5"/>
    <rect x="3.5" y="5.5" width="1" height="5"/><path d="M8.5 3.5v9l6-4.5z"/>
  </g>
</svg>`
});
