"""What happens after the answer was given: jobs are claimed from the table, done, and settled in one transaction.

Nothing here imports wiring or web; what a job needs is handed in as `JobTools`.
"""
