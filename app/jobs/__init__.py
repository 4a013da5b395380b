"""Keeps promises: drains a queue's due messages, in batches inside, one by one in parallel outside."""

from app.jobs.drain import drain

__all__ = ["drain"]
