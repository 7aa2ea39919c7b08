"""What runs beside a notebook or a package, in its own Python, and tells what it sees.

These modules import nothing of nb2pkg and nothing but the standard library, and run on Python 3.9: their
text is sent to whatever interpreter the notebook has. They look at a library only where the program that
they watch has loaded it, and never raise into it.
"""
