"""Analytics: measures of cash flows, each a pure function of amounts and times.

Amounts lie time first: (T,) for one scenario, (T, S) for many; times are years from settlement, (T,). A measure of
(T, S) is (S,), and its element s has the same bits as the measure of column s alone: sums run from the first payment
to the last, discounting is Horner's rule over the gaps between payments, and roots are sought element by element.
A measure that does not exist (the life of a class that is never repaid, the yield of no flows) is nan.
"""
