"""What workflows need from the world, as Protocols: in `extracting` for packages, in `running` for runs."""
