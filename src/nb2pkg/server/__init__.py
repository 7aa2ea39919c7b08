"""The Jupyter server's door to nb2pkg: requests → the API, values → JSON, errors → HTTP statuses.

`app` and `handlers` run in the server, and answer nothing by themselves; `worker` runs in processes of its own, and
does. Nothing here is loaded by the command line.
"""
