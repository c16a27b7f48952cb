"""Feeds and dropped files become items; what is new."""
