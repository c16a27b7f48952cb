"""Plan, attempt, SMTP, record."""
