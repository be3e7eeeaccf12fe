"""Dates: calendars of business days, day counts, and the schedule of a deal.

Collection, accrual and payment dates are kept apart: collections of a calendar month are paid on the payment date
that follows, interest accrues from payment date to payment date, and a payment date moves when it is no business
day.
"""
