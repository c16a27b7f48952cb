"""An issue becomes a Rendition: Jinja2, premailer, text, checks."""
