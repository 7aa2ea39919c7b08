"""What travels between an editor and the server, as JSON: each object is a dataclass of the same members.

By these classes requests are checked, answers written, the OpenAPI document made, and the types generated that the
JupyterLab extension is compiled with. Times are ISO 8601 in UTC; lines and columns count from 1.
"""
