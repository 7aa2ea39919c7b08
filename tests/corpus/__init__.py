"""How true nb2pkg is on notebooks that other people wrote."""
