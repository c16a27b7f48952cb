"""The one guarded fetcher: the only way out besides SMTP."""
