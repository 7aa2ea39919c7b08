"""One module per verb: the straight line from a notebook to what the user asked for, written out."""
