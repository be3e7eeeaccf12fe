"""Prepayment curves: one file a kind, found by the key that the deal file uses, which is the name of the file.

To add a kind, add a file that subclasses `Curve` and enters itself with `@PREPAYMENT.add("key")`.
"""
