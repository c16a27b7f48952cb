"""The desk for editors and the public pages for readers."""
