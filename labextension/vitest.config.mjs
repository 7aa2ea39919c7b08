// Specs are of pure modules: no page, no JupyterLab. What needs those is in tests/browser.
export default { test: { environment: 'node', include: ['src/**/*.spec.ts'] } };
