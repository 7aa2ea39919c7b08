"""Laws are tried on the same examples in every run."""

from tests.properties.same_examples import same_examples_in_every_run

__all__ = ["same_examples_in_every_run"]
