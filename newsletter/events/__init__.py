"""The calendar: lines and .ics in, occurrences and .ics out."""
