"""Keeps promises: drains due messages, in batches inside, one by one in parallel outside."""
