// What does the button show that makes a package?

import { LabIcon } from '@jupyterlab/ui-components';

/** A parcel, with its tape. */
export const packageIcon = new LabIcon({
  name: 'nb2pkg:package',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 16 16">
  <g class="jp-icon3" fill="#616161">
    <path d="M8 1 1.5 3.8v8.4L8 15l6.5-2.8V3.8zm0 1.2 4.5 1.9L8 6 3.5 4.1zM2.6 5 7.4 7v6.5l-4.8-2zm10.8 0v6.5l-4.8 2V7z"/>
    <path d="m5.2 2.9 1.1-.5 4.8 2.1v2.4l-1.2.5V5z"/>
  </g>
</svg>`
});
