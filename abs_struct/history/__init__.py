"""History: what loans of the past did, and the curves that follow from it.

`loans` takes the life of each loan from a tape; `vintages` adds them up by origination and age, `dynamic` by calendar
month, `rolls` follows accounts from bucket to bucket. `lifetable` and `ladder` estimate what the young have still to
come, and `timing` says when.
"""
