"""The one HTML policy, Markdown and excerpts."""
