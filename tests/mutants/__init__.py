"""Does `verify` notice when somebody breaks an extracted package?"""
