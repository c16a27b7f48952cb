"""A newsletter desk: collect, pick, order, render, schedule and send."""

__version__ = "0.1.0"
