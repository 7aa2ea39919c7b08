"""The world behind the ports: disk, interpreters, kernels."""
