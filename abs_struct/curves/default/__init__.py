"""Default curves: one file a kind, found by the key that the deal file uses, which is the name of the file.

To add a kind, add a file that subclasses `Curve` and enters itself with `@DEFAULT.add("key")`. `stress` is a multiple
on a curve, and `timing` places an amount over the months; they are no kinds.
"""
