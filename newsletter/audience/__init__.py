"""Subscribers: import, consent, suppression."""
