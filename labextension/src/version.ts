// Which version of nb2pkg is this page's half of? A test of the project keeps it the same everywhere.

export const VERSION = '0.1.0';
