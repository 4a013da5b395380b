"""Measurements of Warmline, each beside its floor in the same run."""
