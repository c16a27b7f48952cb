"""Bounces, clicks and figures; empty until they land."""
