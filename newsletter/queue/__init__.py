"""Triage and the outline of an issue."""
